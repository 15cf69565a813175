import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D §8.2.2), bound to `context`: under another one it does not open. Base64url of nonce, tag and ciphertext. */
export function seal(key: Buffer, context: string, value: Buffer): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(value), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('base64url')
}

/** The value, or null when this key does not open it, the context is another, or anything was altered. */
export function open(key: Buffer, context: string, sealed: string): Buffer | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < ivBytes + tagBytes) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
  } catch {
    return null
  }
}

/** A name for a key that says nothing about it: derived by HKDF (RFC 5869), apart from every other use of the key. */
export const keyIdOf = (key: Buffer): string => Buffer.from(hkdfSync('sha256', key, '', 'plugboard-relay key id', 9)).toString('base64url')
