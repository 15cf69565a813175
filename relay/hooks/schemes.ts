import type { HookSource } from '../../core/app/flow.ts'

/** How the requests of one kind of sender are signed: HMAC-SHA-256 over `before` and the body as it was sent. */
export type SignatureScheme = {
  /** Who makes the secret: this relay, for the sender to be told, or the sender. */
  secretFrom: 'relay' | 'sender'
  /** The header with the signature. Null: the hook's own setting names it. */
  header: string | null
  /** How a signature is written there, with `{signature}` and `{timestamp}`. */
  written: string
  /** Finds signatures in that header, all of them: while a secret is changed there may be two. */
  signatures: RegExp
  encoding: 'hex' | 'base64' | 'either'
  /** The header with the `{id}` of the request. */
  id: string | null
  /** What is signed ahead of the body, with `{timestamp}` and `{id}` of the request in it. */
  before: string
  /** Epoch seconds, signed too. What is older or newer than five minutes is refused. */
  timestamp: { header: string; pattern: RegExp } | null
  /** `standard`: `whsec_` and the key in base64. */
  key: 'text' | 'standard'
}

/** What shows that a request is the same as an earlier one: the first of these that it has. */
export type DeliveryId = { header: string } | { member: string }

const seconds = /^(\d{1,12})$/g
const hex = '([\\da-f]{64})'

/** `any` is not signed. Slack: docs.slack.dev/authentication/verifying-requests-from-slack; Stripe: docs.stripe.com/webhooks#verify-manually. */
export const schemes: Readonly<Record<Exclude<HookSource, 'any'>, SignatureScheme>> = {
  hmac: {
    secretFrom: 'relay',
    header: null,
    written: '{signature}',
    signatures: new RegExp(`^(?:sha256=)?(?:${hex}|([A-Za-z0-9+/]{43}=))$`, 'gi'),
    encoding: 'either',
    id: null,
    before: '',
    timestamp: null,
    key: 'text',
  },
  standard: {
    secretFrom: 'relay',
    header: 'webhook-signature',
    written: 'v1,{signature}',
    signatures: /(?:^|\s)v1,([A-Za-z0-9+/]{43}=)(?=\s|$)/g,
    encoding: 'base64',
    id: 'webhook-id',
    before: '{id}.{timestamp}.',
    timestamp: { header: 'webhook-timestamp', pattern: seconds },
    key: 'standard',
  },
  github: {
    secretFrom: 'relay',
    header: 'x-hub-signature-256',
    written: 'sha256={signature}',
    signatures: new RegExp(`^sha256=${hex}$`, 'gi'),
    encoding: 'hex',
    id: null,
    before: '',
    timestamp: null,
    key: 'text',
  },
  slack: {
    secretFrom: 'sender',
    header: 'x-slack-signature',
    written: 'v0={signature}',
    signatures: new RegExp(`^v0=${hex}$`, 'gi'),
    encoding: 'hex',
    id: null,
    before: 'v0:{timestamp}:',
    timestamp: { header: 'x-slack-request-timestamp', pattern: seconds },
    key: 'text',
  },
  stripe: {
    secretFrom: 'sender',
    header: 'stripe-signature',
    written: 't={timestamp},v1={signature}',
    signatures: new RegExp(`(?:^|,)\\s*v1=${hex}(?=,|$)`, 'gi'),
    encoding: 'hex',
    id: null,
    before: '{timestamp}.',
    timestamp: { header: 'stripe-signature', pattern: /(?:^|,)\s*t=(\d{1,12})(?=,|$)/g },
    key: 'text',
  },
}

const named: readonly DeliveryId[] = [{ header: 'webhook-id' }, { header: 'idempotency-key' }, { header: 'x-delivery-id' }]

export const deliveryIds: Readonly<Record<HookSource, readonly DeliveryId[]>> = {
  any: named,
  hmac: named,
  standard: [{ header: 'webhook-id' }],
  github: [{ header: 'x-github-delivery' }],
  slack: [{ member: 'event_id' }],
  stripe: [{ member: 'id' }],
}

/** What a sender asks when it is given the address, and gets back as text: a member of the body. */
export const challenges: Partial<Record<HookSource, { member: string; value: string; answer: string }>> = {
  slack: { member: 'type', value: 'url_verification', answer: 'challenge' },
}

/** What a sender sends to see whether someone is there: it is answered, and starts nothing. */
export const greetings: Partial<Record<HookSource, { header: string; value: string }>> = {
  github: { header: 'x-github-event', value: 'ping' },
}

export const secretFrom = (source: HookSource): 'relay' | 'sender' => (source === 'any' ? 'relay' : schemes[source].secretFrom)
