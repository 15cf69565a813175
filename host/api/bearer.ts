import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Checks an Authorization header against one token, in a time that tells nothing about how far they agree. RFC 6750 §2.1 */
export function bearerCheck(token: string): (header: string | undefined) => boolean {
  const expected = digest(token)
  return header => {
    const [, sent] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? []
    return sent !== undefined && timingSafeEqual(digest(sent), expected)
  }
}
