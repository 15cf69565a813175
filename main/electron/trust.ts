import { AppError } from '../../core/errors.ts'

export const appScheme = 'app'
export const appOrigin = `${appScheme}://renderer`

/** By the URL parser, never by a prefix: `app://renderer.evil` is somebody else. */
export function isAppUrl(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === appOrigin && !parsed.username && !parsed.password
}

/** True for the top frame of our own page only. A frame that is gone is null. */
export function isOurPage(frame: { url: string; parent: unknown } | null): boolean {
  return frame !== null && frame.parent === null && isAppUrl(frame.url)
}

/** Pages may copy to the clipboard after a click; no other permission is ever needed, so none is given. */
export function mayUse(permission: string, url: string): boolean {
  return permission === 'clipboard-sanitized-write' && isAppUrl(url)
}

/** An address as a link may open it. Errors: `forbidden` for all but https: other schemes start programs or reach into this machine. */
export function linkUrl(url: string): string {
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'https:') throw new AppError('forbidden', 'Plugboard opens only https addresses in your browser.')
  return parsed.href
}

/** An address that main made for the user's browser: https, or http on this machine, as OAuth and practice accounts use it. */
export function ownUrl(url: string): string {
  const parsed = URL.parse(url)
  return parsed?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname) ? parsed.href : linkUrl(url)
}
