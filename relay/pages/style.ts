import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import type { RelayEnv } from '../web/request.ts'

const sheetFolder = join(import.meta.dirname, 'style')

/** What pages of the relay are drawn with. The tokens and the font are the desktop program's, so that both look the same. */
export const styleFiles = {
  font: fileURLToPath(import.meta.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2')),
  /** In the order in which they build on each other. */
  sheets: [
    join(import.meta.dirname, '../../renderer/ui/tokens.css'),
    ...['base', 'controls', 'parts', 'frame', 'lists'].map(name => join(sheetFolder, `${name}.css`)),
  ],
}

type Served = { path: string; type: string; body: Uint8Array<ArrayBuffer> }

/** Under an address that changes with the content, so that a browser may keep it for good. */
function serve(name: string, type: string, body: Uint8Array<ArrayBuffer>): Served {
  const [stem, extension] = name.split('.')
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  return { path: `/style/${stem}-${hash}.${extension}`, type, body }
}

export const font = serve('inter.woff2', 'font/woff2', new Uint8Array(readFileSync(styleFiles.font)))

const fontFace = `@font-face {
  font-family: 'Inter';
  font-weight: 100 900;
  font-display: swap;
  src: url('${font.path}') format('woff2');
}
`
const sheetTexts = styleFiles.sheets.map(path => readFileSync(path, 'utf8'))

export const styleSheet = serve('relay.css', 'text/css; charset=utf-8', new TextEncoder().encode([fontFace, ...sheetTexts].join('')))

/** Answers for the style sheet and the font. */
export function styleRoutes(): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  for (const { path, type, body } of [styleSheet, font])
    app.get(path, c => c.body(body, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }))
  return app
}
