import { randomBytes, scrypt, type ScryptOptions } from 'node:crypto'
import { z } from 'zod'
import { open, seal, sealed, type Key } from './seal.ts'

/** How a key is wrapped by a passphrase: scrypt (RFC 7914) with its parameters, and the key sealed under what it gives. Bounded, so that an altered file cannot make us use up memory. */
export const wrapping = z.object({
  kdf: z.literal('scrypt'),
  N: z
    .number()
    .int()
    .min(2 ** 14)
    .max(2 ** 20),
  r: z.number().int().min(1).max(16),
  p: z.number().int().min(1).max(4),
  salt: z.base64(),
  key: sealed,
})
export type Wrapping = z.infer<typeof wrapping>

const cost = { N: 2 ** 17, r: 8, p: 1 }

/** Wraps a vault's key so that only the passphrase opens it. Takes about half a second and 128 MB, on purpose. */
export async function wrap(key: Key, passphrase: string): Promise<Wrapping> {
  const salt = randomBytes(32)
  const bytes = await derive(passphrase, salt, cost)
  return {
    kdf: 'scrypt',
    ...cost,
    salt: salt.toString('base64'),
    key: seal({ id: key.id, bytes }, 'vault key', key.bytes.toString('base64')),
  }
}

/** The vault's key, or null when the passphrase is not the one. */
export async function unwrap({ salt, key, N, r, p }: Wrapping, passphrase: string): Promise<Key | null> {
  const bytes = await derive(passphrase, Buffer.from(salt, 'base64'), { N, r, p })
  const found = open({ id: key.keyId, bytes }, key)
  return found === null ? null : { id: key.keyId, bytes: Buffer.from(found, 'base64') }
}

/** NFKC: the same passphrase gives the same key whichever keyboard typed it. */
function derive(passphrase: string, salt: Buffer, { N, r, p }: Required<Pick<ScryptOptions, 'N' | 'r' | 'p'>>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    )
  })
}
