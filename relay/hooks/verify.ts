import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { HookSource } from '../../core/app/flow.ts'
import { schemes, type SignatureScheme } from './schemes.ts'

/** A request to a hook. `body`: the bytes as they came, for a signature is over those. `secret`: the one in the address, if it has one. */
export type HookRequest = { headers: Headers; body: Uint8Array; secret: string | null }
export type HookKey = { source: HookSource; signatureHeader: string; secret: string }

/** `signature`: the one that held, where it stands for one moment alone and so for one delivery. */
export type Proof = { genuine: true; signature: string | null } | { genuine: false; reason: string }

const toleranceSeconds = 300
/** More than a sender has secrets at a time. */
const mostSignatures = 10

/** Whether a request comes from someone who has the hook's secret. Takes the same time for every wrong secret. `now`: epoch ms. */
export function verify(key: HookKey, request: HookRequest, now: number): Proof {
  if (key.source === 'any')
    return isSecret(key.secret, request) ? { genuine: true, signature: null } : refused('The secret is missing or wrong.')
  const scheme = schemes[key.source]
  const header = scheme.header ?? key.signatureHeader
  const found = matches(scheme.signatures, request.headers.get(header)).slice(0, mostSignatures)
  if (found.length === 0) return refused(`There is no signature in the header ${header}.`)
  const timestamp = scheme.timestamp && (matches(scheme.timestamp.pattern, request.headers.get(scheme.timestamp.header))[0] ?? '')
  if (timestamp === '') return refused(`There is no time in the header ${scheme.timestamp?.header}.`)
  const expected = sign(key, request, scheme, timestamp)
  const holds = found.filter(text => isEqual(expected, bytesOf(text, scheme.encoding)))
  if (holds.length === 0) return refused('The signature is wrong. Is the secret the same on both sides?')
  if (timestamp !== null && Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds)
    return refused('This request was signed more than five minutes ago or ahead. Is the clock right?')
  return { genuine: true, signature: timestamp === null ? null : expected.toString('base64url') }
}

/** The headers that show for a text that it comes from someone who has the secret, as its sender would write them. `now`: epoch ms. */
export function signSample(key: HookKey, body: string, now: number): Record<string, string> {
  if (key.source === 'any') return { 'x-webhook-secret': key.secret }
  const scheme = schemes[key.source]
  const at = String(Math.floor(now / 1000))
  const headers = { ...(scheme.id && { [scheme.id]: `sample_${at}` }) }
  const timestamp = scheme.timestamp && at
  const signature = sign(key, { headers: new Headers(headers), body: Buffer.from(body) }, scheme, timestamp)
  const text = scheme.written
    .replace('{timestamp}', at)
    .replace('{signature}', () => signature.toString(scheme.encoding === 'base64' ? 'base64' : 'hex'))
  const own = scheme.header ?? key.signatureHeader
  return { ...headers, ...(scheme.timestamp && scheme.timestamp.header !== own && { [scheme.timestamp.header]: at }), [own]: text }
}

/** In the order of how senders like to have it: a header of their own, the usual one, the end of the address. */
function isSecret(secret: string, { headers, secret: inAddress }: HookRequest): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  const given = [headers.get('x-webhook-secret'), bearer, inAddress].filter(text => typeof text === 'string')
  return given.map(text => isEqual(digest(secret), digest(text))).includes(true)
}

function sign(
  { secret }: HookKey,
  { headers, body }: Pick<HookRequest, 'headers' | 'body'>,
  { before, key, id }: SignatureScheme,
  timestamp: string | null,
): Buffer {
  const ahead = before.replace('{timestamp}', timestamp ?? '').replace('{id}', () => (id === null ? '' : (headers.get(id) ?? '')))
  const bytes = key === 'standard' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : secret
  return createHmac('sha256', bytes).update(ahead).update(body).digest()
}

/** The first group that matched of each place. */
const matches = (pattern: RegExp, text: string | null): string[] =>
  [...(text ?? '').trim().matchAll(pattern)].map(([, ...groups]) => groups.find(group => group !== undefined) ?? '')

const bytesOf = (text: string, encoding: SignatureScheme['encoding']): Buffer =>
  Buffer.from(text, encoding === 'either' ? (text.length === 64 ? 'hex' : 'base64') : encoding)

/** Of one length, so that nothing is learned from how long it takes. */
const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const refused = (reason: string): Proof => ({ genuine: false, reason })
