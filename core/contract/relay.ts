import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './base.ts'

/** What members of a workspace may be, the most powerful first. */
export const role = z.enum(['owner', 'admin', 'editor', 'viewer'])
export type Role = z.infer<typeof role>

/**
 * A desktop as a relay knows it: one public client (RFC 8252 §8.5), whose id proves nothing. `desktop_name` is a parameter of the
 * authorization request, and stands in the question that a member answers.
 */
export const desktopClient = { id: 'plugboard-desktop', scope: 'relay', redirectPath: '/callback' } as const

/** A relay's public key as a JWK (RFC 7517) for ECDH-ES. `kid` is its thumbprint (RFC 7638). */
export const relayPublicKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().length(43),
  y: z.string().length(43),
  kid: z.string().length(43),
  use: z.literal('enc'),
  alg: z.literal('ECDH-ES'),
})
export type RelayPublicKey = z.infer<typeof relayPublicKey>

/** `GET /.well-known/plugboard-relay`: what a relay says of itself to anyone. */
export const relayInfo = z.object({ name: z.string(), version: z.string(), issuer: z.url(), publicKey: relayPublicKey })
export type RelayInfo = z.infer<typeof relayInfo>

/** Which practice accounts a relay can use. `local`: those of programs on its machine; `service`: those of this practice service. */
export const practiceUse = z.object({ local: z.boolean(), service: z.string().nullable() })
export type PracticeUse = z.infer<typeof practiceUse>

/** `GET /api/relay/me`: whom an access token stands for. */
export const relayMember = z.object({
  workspace: z.object({ id: z.string(), name: z.string() }),
  member: z.object({ id: z.string(), name: z.string(), email: z.string(), role }),
  desktop: z.object({ id: z.string(), name: z.string() }),
})
export type RelayMember = z.infer<typeof relayMember>

/** The relay that this desktop is signed in to. `needs_sign_in`: the relay ended the session, or its tokens are lost. */
export const relayStatus = z.discriminatedUnion('state', [
  z.object({ state: z.literal('signed_out') }),
  z.object({
    state: z.enum(['signed_in', 'needs_sign_in']),
    url: z.string(),
    name: z.string(),
    workspace: z.string(),
    email: z.string(),
    role,
    /** Thumbprint of the relay's public key, pinned when the desktop joined. */
    keyId: z.string(),
  }),
])
export type RelayStatus = z.infer<typeof relayStatus>

export const relaySignInEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), authorizationUrl: z.string(), expiresAt: z.string() }),
  z.object({ type: z.literal('exchanging') }),
  z.object({ type: z.literal('signed_in'), status: relayStatus }),
])
export type RelaySignInEvent = z.infer<typeof relaySignInEvent>

/** Main's side: the desktop and its relay. */
export const relayContract = {
  status: procedure.output(relayStatus),
  /** One attempt: yields `opened`, then `exchanging`, then `signed_in`. Ending the stream cancels it. */
  signIn: procedure.input(z.object({ url: z.string().trim().min(1).max(200) })).output(eventIterator(relaySignInEvent)),
  /** Ends the session on the relay too; `ended` is false when the relay could not be told. */
  signOut: procedure.output(z.object({ ended: z.boolean() })),
}
