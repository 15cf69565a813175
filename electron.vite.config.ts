import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { noncePlaceholder } from './core/nonce-placeholder.ts'

/**
 * Packages that stay outside of the bundles, because they find native code, programs, wasm or workers beside their own files. The packed
 * app has them in `resources/node_modules` (electron-builder.yml); everything else is bundled.
 */
const outside = ['@napi-rs/keyring', 'deno', 'emulate', 'esbuild', 'jq-wasm', 'bufferutil', 'utf-8-validate']

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          index: 'main/electron/index.ts',
          serve: 'main/serve/index.ts',
          host: 'host/process.ts',
          practice: 'practice/emulator.ts',
        },
        external: ['electron', ...outside.map(name => new RegExp(`^${name}(/|$)`))],
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'preload/index.ts' },
        // A sandboxed preload script cannot be a module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), tailwindcss()],
    html: { cspNonce: noncePlaceholder },
    build: { rolldownOptions: { input: 'renderer/index.html' } },
    // TypeScript, for the code editor: half of its size is names and comments.
    worker: { format: 'es', rolldownOptions: { output: { minify: true } } },
  },
})
