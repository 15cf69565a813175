import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Database } from '../../host/store/engine.ts'
import { publicHalf, type PrivateKey } from '../../core/custody/sealed.ts'
import { relayPublicKey, type RelayPublicKey } from '../../core/contract/relay.ts'
import type { Envelope } from './envelope.ts'

/** What belongs to the relay itself, not to a workspace, is sealed under this name. */
const relayItself = 'relay'
const privateJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() })

/**
 * A secret of the relay by its name: the oldest one that opens, for all nodes the same, or a new one. After a lost master key there is a
 * new one; the old is kept, and counts again when its key comes back.
 */
async function keepSecret(database: Database, envelope: Envelope, name: string, make: () => string, now: () => number): Promise<string> {
  for (;;) {
    const rows = await database.query(sql`select sealed from relay_secrets where name = ${name} order by made_at, sealed`)
    for (const { sealed } of rows) {
      const value = await envelope.open(relayItself, name, String(sealed))
      if (value !== null) return value
    }
    const made = await envelope.seal(relayItself, name, make())
    await database.transaction(function* () {
      yield* database.lock(`secret ${name}`)
      const [found] = yield sql`select count(*) as n from relay_secrets where name = ${name}`
      // Another node was first: its secret is taken.
      if (found?.['n'] === rows.length) yield sql`insert into relay_secrets (name, sealed, made_at) values (${name}, ${made}, ${now()})`
    })
  }
}

/** What signs the cookies of sessions. */
export const sessionSecret = (database: Database, envelope: Envelope, now: () => number = Date.now): Promise<string> =>
  keepSecret(database, envelope, 'session-secret', () => randomBytes(32).toString('base64url'), now)

/** The key that desktops seal to (ECDH-ES, RFC 7518 §4.6), named by its thumbprint (RFC 7638). */
export async function sealingKey(database: Database, envelope: Envelope, now: () => number = Date.now): Promise<PrivateKey> {
  const make = () => JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }))
  const { kty, crv, x, y, d } = privateJwk.parse(JSON.parse(await keepSecret(database, envelope, 'sealing-key', make, now)))
  return { kty, crv, x, y, d, kid: createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url') }
}

/** Its public half, for everyone. */
export async function publicKey(database: Database, envelope: Envelope, now: () => number = Date.now): Promise<RelayPublicKey> {
  return relayPublicKey.parse({ ...publicHalf(await sealingKey(database, envelope, now)), use: 'enc', alg: 'ECDH-ES' })
}
