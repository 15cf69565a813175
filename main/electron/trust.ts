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
