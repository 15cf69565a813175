/** UTF-8 to base64, in pieces that fit an argument list. */
export function toBase64(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}

/** RFC 4648 §5, without padding. */
export const toBase64Url = (data: string | Uint8Array) => toBase64(data).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

/** Text from base64 or base64url. */
export function textFromBase64(data: string): string {
  const binary = atob(data.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(binary, character => character.charCodeAt(0)))
}
