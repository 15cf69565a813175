import { calculateJwkThumbprint, CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { answerKey, type AnswerKey } from './messages.ts'

/** All that refreshes a connection. Times are epoch ms. */
export const handover = z.object({
  refreshToken: z.string().nullable(),
  accessToken: z.string(),
  accessExpiresAt: z.number().nullable(),
  refreshExpiresAt: z.number().nullable(),
  scopes: z.array(z.string()),
  /** The OAuth client it was granted to: nobody else can renew it. */
  client: z.object({ clientId: z.string(), clientSecret: z.string().optional() }),
})
export type Handover = z.infer<typeof handover>

/** What a sealed text is for: opened as anything else, it is refused. */
export type SealedFor = { connectionId: string; grantId: string; direction: 'handover' | 'return' | 'access' }

const privateJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string(), kid: z.string() })
/** The private half of a key that answers are sealed to. */
export type PrivateKey = z.infer<typeof privateJwk>

const algorithms = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM' } as const

/** A key for a few answers: its public half travels, the private one stays. */
export async function makeAnswerKey(): Promise<{ publicKey: AnswerKey; privateKey: PrivateKey }> {
  const pair = await generateKeyPair(algorithms.alg, { crv: 'P-256', extractable: true })
  const jwk = await exportJWK(pair.privateKey)
  const privateKey = privateJwk.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk) })
  return { publicKey: publicHalf(privateKey), privateKey }
}

export const publicHalf = (key: PrivateKey): AnswerKey => answerKey.parse(key)

export const readPrivateKey = (text: string): PrivateKey => privateJwk.parse(JSON.parse(text))

/** A compact JWE (RFC 7516) for the holder of the key: ECDH-ES+A256KW, A256GCM. What it is for is in the protected header. */
export async function sealTo(key: AnswerKey, what: SealedFor, text: string): Promise<string> {
  const { kid, ...jwk } = key
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ ...algorithms, kid, ...what })
    .encrypt(await importJWK(jwk satisfies JWK, algorithms.alg))
}

/** Throws `validation` when it was sealed to another key or for anything else, or was altered. */
export async function openSealed(key: PrivateKey, what: SealedFor, sealed: string): Promise<string> {
  const { kid, ...jwk } = key
  const opened = await compactDecrypt(sealed, await importJWK(jwk, algorithms.alg), {
    keyManagementAlgorithms: [algorithms.alg],
    contentEncryptionAlgorithms: [algorithms.enc],
  }).catch((cause: unknown) => {
    throw notForUs(cause)
  })
  const { protectedHeader: header } = opened
  const expected: Record<string, string> = { kid, ...what }
  if (Object.entries(expected).some(([name, value]) => header[name] !== value)) throw notForUs()
  return new TextDecoder().decode(opened.plaintext)
}

const notForUs = (cause?: unknown) =>
  new AppError(
    'validation',
    'A sealed message was meant for another connection or another key, or was altered on its way. Nothing was changed.',
    {
      cause,
    },
  )
