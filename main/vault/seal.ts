import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

const base64 = z.base64()

/** A value sealed under one key, for one record: as it stands in a file. */
export const sealed = z.object({ v: z.literal(1), keyId: z.string().min(1), id: z.string(), iv: base64, ciphertext: base64, tag: base64 })
export type Sealed = z.infer<typeof sealed>

export type Key = { id: string; bytes: Buffer }

/** What the ciphertext is bound to: moved to another record or key, it does not open. */
const associatedData = (keyId: string, id: string) => Buffer.from(JSON.stringify(['plugboard-vault', 1, keyId, id]))

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D §8.2.2). */
export function seal(key: Key, id: string, value: string): Sealed {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv)
  cipher.setAAD(associatedData(key.id, id))
  const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return {
    v: 1,
    keyId: key.id,
    id,
    iv: iv.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  }
}

/** The value, or null when this key does not open it or anything was altered. */
export function open(key: Key, record: Sealed): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(record.iv, 'base64'), { authTagLength: 16 })
    decipher.setAAD(associatedData(record.keyId, record.id))
    decipher.setAuthTag(Buffer.from(record.tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(record.ciphertext, 'base64')), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** Null when it is not what `seal` made. */
export function parseSealed(text: string): Sealed | null {
  try {
    return sealed.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Stands beside the data and tells whether a key is the right one before anything is opened with it. Says nothing about the key. */
export const checkValue = (key: Key): string => createHmac('sha256', key.bytes).update(`plugboard-vault check ${key.id}`).digest('base64')

export function isRightKey(key: Key, check: string): boolean {
  const expected = Buffer.from(checkValue(key))
  const given = Buffer.from(check)
  return expected.length === given.length && timingSafeEqual(expected, given)
}
