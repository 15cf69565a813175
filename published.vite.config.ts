import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { noncePlaceholder } from './core/nonce-placeholder.ts'

/** The page of published apps, which a relay serves. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'renderer/app'),
  base: './',
  plugins: [react(), tailwindcss()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: resolve(import.meta.dirname, 'out/published'),
    emptyOutDir: true,
    // Fonts are files of their own: the policy of the page takes no data addresses for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
