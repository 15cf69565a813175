import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { noncePlaceholder } from '../core/nonce-placeholder.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** What a page of ours may load. The nonce is for the style elements that CodeMirror and Radix make; nothing is inline otherwise. */
export function contentSecurityPolicy({ nonce, connect }: { nonce: string; connect: string }): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self' data:",
    "img-src 'self' data:",
    `connect-src ${connect}`,
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}

/**
 * A fetch handler for the built renderer: Electron's `protocol.handle` and the HTTP server both take it as it is. `connect` is the
 * policy's `connect-src`. Answers GET and HEAD; 404 for whatever is not a file below `root`.
 */
export function createAssets(root: string, connect = "'none'"): (request: Request) => Promise<Response> {
  const folder = resolve(root)
  return async request => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, null, { allow: 'GET, HEAD' })
    const file = locate(folder, new URL(request.url).pathname)
    const body = file && (await readFile(file).catch(() => null))
    if (!file || !body) return answer(404, null)
    const nonce = randomBytes(18).toString('base64')
    const isPage = extname(file) === '.html'
    const content = isPage ? body.toString('utf8').replaceAll(noncePlaceholder, nonce) : new Uint8Array(body)
    return answer(200, request.method === 'HEAD' ? null : content, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy({ nonce, connect }),
      // Vite names files in assets/ by their content: they never change.
      'cache-control': isPage || !file.startsWith(join(folder, 'assets') + sep) ? 'no-store' : 'public, max-age=31536000, immutable',
    })
  }
}

function answer(status: number, body: string | Uint8Array<ArrayBuffer> | null, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: {
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      ...headers,
    },
  })
}

/** The file a path stands for, or null when it points outside of the folder or cannot be decoded. */
function locate(folder: string, pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname === '/' ? '/index.html' : pathname)
    const file = resolve(join(folder, path))
    return path.includes('\0') || path.includes('\\') || !file.startsWith(folder + sep) ? null : file
  } catch {
    return null
  }
}
