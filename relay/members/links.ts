import { createHash, randomBytes } from 'node:crypto'

/** The secret part of a link: 256 random bits, base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is kept of it. A token has too many bits to be guessed, so no salt and no slow hash is needed. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')
