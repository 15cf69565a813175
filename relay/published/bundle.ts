import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { AppError } from '../../core/errors.ts'
import { noncePlaceholder } from '../../core/nonce-placeholder.ts'

/** Where the build puts the page of published apps: `index.html`, and files in `assets/` that are named by their content. */
export const bundleFolder = join(import.meta.dirname, '../../out/published')

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}
/** What is worth making smaller. */
const texts = new Set(['.js', '.css', '.svg'])

export type Asset = { bytes: Uint8Array<ArrayBuffer>; brotli: Uint8Array<ArrayBuffer> | null; type: string; etag: string }

/** The page that shows every published app: one for all of them. Read when first asked for, and kept. */
export type Bundle = {
  /** Its HTML, with `base` as the address that all of it is relative to. Errors: `unavailable` when it was not built. */
  page(base: string, nonce: string): Promise<string>
  /** A file beside it. Null when there is none of this name. */
  asset(name: string): Promise<Asset | null>
}

type Files = { html: string; names: ReadonlySet<string> }

export function createBundle(folder: string = bundleFolder): Bundle {
  let reading: Promise<Files> | undefined
  const assets = new Map<string, Promise<Asset>>()

  async function read(): Promise<Files> {
    const html = await readFile(join(folder, 'index.html'), 'utf8')
    const names = await readdir(folder, { recursive: true })
    return { html, names: new Set(names.map(name => name.replaceAll(sep, '/'))) }
  }

  function files(): Promise<Files> {
    reading ??= read().catch((cause: unknown) => {
      reading = undefined
      throw new AppError('unavailable', 'The pages of apps are not built on this relay. Run “npm run build” there, then load this again.', {
        cause,
      })
    })
    return reading
  }

  return {
    async page(base, nonce) {
      const { html } = await files()
      return html.replace('<head>', `<head><base href="${base}" />`).replaceAll(noncePlaceholder, nonce)
    },
    async asset(name) {
      const { names } = await files()
      if (!names.has(name) || !Object.hasOwn(types, extname(name))) return null
      const known = assets.get(name) ?? readAsset(join(folder, name))
      assets.set(name, known)
      return known
    },
  }
}

const compress = promisify(brotliCompress)

async function readAsset(path: string): Promise<Asset> {
  const bytes = new Uint8Array(await readFile(path))
  const ending = extname(path)
  const brotli = texts.has(ending) ? new Uint8Array(await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })) : null
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  return { bytes, brotli, type: types[ending] ?? 'application/octet-stream', etag }
}
