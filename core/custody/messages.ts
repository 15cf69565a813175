import { z } from 'zod'
import { connectionMode } from '../app/connector-file.ts'
import { appId } from '../app/names.ts'
import { account } from '../connection.ts'
import { practicePlace } from '../practice-place.ts'

/** An incarnation of a relay's data: a new one whenever it notices that it was restored from a backup. A later one has a higher number. */
export const relayRun = z.object({ id: z.string().max(36), number: z.number().int().min(0) })
export type RelayRun = z.infer<typeof relayRun>

/** What a desktop knows before it has heard of any. */
export const noRun: RelayRun = { id: '', number: 0 }

export const isSameRun = (one: RelayRun, other: RelayRun): boolean => one.id === other.id && one.number === other.number

/** The name of a stretch of custody on the relay: by the turn it was handed over in, or by the change made on the relay. */
export const turnName = (turn: number): string => `turn${turn}`
export const ownName = (own: number): string => `own${own}`

/** A public key to seal an answer to: a JWK (RFC 7517) for ECDH-ES whose `kid` is its thumbprint (RFC 7638). */
export const answerKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().length(43),
  y: z.string().length(43),
  kid: z.string().length(43),
})
export type AnswerKey = z.infer<typeof answerKey>

/** What a relay is told of a connection: all that it needs to show it, to renew it and to call through it. Never a token. */
export const sharedConnection = z.object({
  appId,
  connector: z.string().max(100),
  name: z.string().max(200),
  mode: connectionMode,
  isDefault: z.boolean(),
  practice: z.boolean(),
  /** Where its practice account is, when the desktop connected it. */
  practiceAt: practicePlace.optional(),
  account: account.nullable(),
  facts: z.record(z.string().max(100), z.string().max(2000)),
  /** Made with the client of the workspace, which no desktop has: it cannot be renewed anywhere else. Said by the relay alone. */
  stays: z.boolean().optional(),
})
export type SharedConnection = z.infer<typeof sharedConnection>

const count = z.number().int().min(0)
/** Names the home directory that a desktop works in, whoever is signed in there. */
export const desktopId = z.string().max(36)
const head = { connectionId: z.string().min(1).max(100), desktopId: desktopId.default(''), turn: count, seen: count, run: relayRun }
const base = z.string().max(40)
/** A compact JWE (RFC 7516). */
const sealed = z.string().max(40_000)

/**
 * What a desktop asks, repeated until it is answered. `turn` counts what the desktop began, `seen` is the last change made on the relay that
 * it knows, `run` the incarnation of the relay's data that it means. Whose desktop it is, the sign-in says.
 */
export const custodyRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('Offer'), ...head, sealed, grantId: z.string().max(100), keyId: z.string().max(43), about: sharedConnection }),
  z.object({ kind: z.literal('Yours'), ...head, base }),
  z.object({ kind: z.literal('Reclaim'), ...head, base, returnPublicKey: answerKey }),
  z.object({ kind: z.literal('Returned'), ...head }),
  z.object({ kind: z.literal('Mine'), ...head }),
  /** A desktop that may have forgotten something asks what is so. */
  z.object({ kind: z.literal('Where'), ...head }),
  /** `withdraw`: the access is to be taken back at the provider as well. */
  z.object({ kind: z.literal('Gone'), ...head, withdraw: z.boolean().default(false) }),
  z.object({ kind: z.literal('AccessToken'), ...head, base, sessionPublicKey: answerKey, rejectedGeneration: count.optional() }),
])
export type CustodyRequest = z.input<typeof custodyRequest>

const echo = { turn: count, run: relayRun, own: count }

/** What came of taking an access back at its provider, in words, and where the rest is done by hand if there is a rest. */
export const withdrawn = z.object({ revoked: z.boolean(), message: z.string(), accountPageUrl: z.string().nullable() })
export type Withdrawn = z.infer<typeof withdrawn>

/** What a relay answers. Nothing at all (204) means: nothing to say yet, ask again. Times are epoch ms. */
export const custodyAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['Held', 'Active', 'Unknown', 'Back', 'OtherRun']), ...echo }),
  /** What the relay has: in use, or only promised. */
  z.object({ kind: z.literal('There'), ...echo, base, active: z.boolean() }),
  /** `stays`: it cannot be taken back at all. */
  z.object({ kind: z.literal('Cancelled'), ...echo, stays: z.boolean().optional() }),
  /** Another desktop of the same member has taken the connection over: that one alone speaks of it now. */
  z.object({ kind: z.literal('Elsewhere'), ...echo, desktop: z.string() }),
  /** `withdrawn`: what came of taking the access back, told once. */
  z.object({ kind: z.literal('Noted'), ...echo, withdrawn: withdrawn.optional() }),
  z.object({ kind: z.literal('Returning'), ...echo, sealed, grantId: z.string() }),
  z.object({ kind: z.literal('Token'), ...echo, sealed, grantId: z.string(), generation: count, expiresAt: z.number().nullable() }),
  z.object({ kind: z.literal('Changed'), ...echo, role: z.enum(['active', 'off', 'dead']), account: account.nullable() }),
])
export type CustodyAnswer = z.infer<typeof custodyAnswer>

/** What decides about a request or an answer, apart from what travels with it. */
export type Asking = { kind: Exclude<CustodyRequest['kind'], 'AccessToken'>; turn: number; seen: number; run: RelayRun; base: string }
export type Answering = {
  kind: Exclude<CustodyAnswer['kind'], 'Token'>
  turn: number
  run: RelayRun
  own: number
  role?: 'active' | 'off' | 'dead'
  stays?: boolean
  base?: string
  active?: boolean
}
