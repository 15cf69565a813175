import { z } from 'zod'
import { desktopClient } from '../../core/contract/relay.ts'

/** What the authorization endpoint is asked for, once all of it is as it must be. */
export type AuthorizationRequest = { redirectUri: string; state: string | null; challenge: string; desktopName: string }

export type ReadRequest =
  | { kind: 'good'; request: AuthorizationRequest }
  /** Nothing may be sent to the address that was named: it is not known to be a desktop. */
  | { kind: 'untrusted'; reason: string }
  /** To be told to the desktop. RFC 6749 §4.1.2.1 */
  | { kind: 'refused'; redirectUri: string; state: string | null; error: 'invalid_request' | 'unsupported_response_type' | 'invalid_scope' }

/** RFC 8252 §7.3: the loopback interface by its number, any port, and exactly the path that desktops use. */
const loopbackRedirect = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})(\/.*)$/

const challenge = z.string().regex(/^[\w-]{43}$/)
const state = z.string().min(1).max(512)
/** Without characters that nobody sees: they could make one name look like another. */
const desktopName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u)

/** Reads a query (or the form that repeats it). */
export function readAuthorizationRequest(query: URLSearchParams): ReadRequest {
  const names = [...query.keys()]
  const isRepeated = new Set(names).size !== names.length
  const redirectUri = query.get('redirect_uri') ?? ''
  if (query.getAll('redirect_uri').length !== 1 || !isLoopbackRedirect(redirectUri))
    return { kind: 'untrusted', reason: 'The address to return to is not one of a Plugboard desktop.' }
  if (query.getAll('client_id').join() !== desktopClient.id)
    return { kind: 'untrusted', reason: 'The program that asks is not a Plugboard desktop.' }
  const foundState = state.safeParse(query.get('state'))
  const refuse = (error: Extract<ReadRequest, { kind: 'refused' }>['error']): ReadRequest => ({
    kind: 'refused',
    redirectUri,
    state: foundState.data ?? null,
    error,
  })
  if (isRepeated || (query.has('state') && !foundState.success)) return refuse('invalid_request')
  if (query.get('response_type') !== 'code') return refuse('unsupported_response_type')
  if (query.has('scope') && query.get('scope') !== desktopClient.scope) return refuse('invalid_scope')
  const found = { challenge: challenge.safeParse(query.get('code_challenge')), name: desktopName.safeParse(query.get('desktop_name')) }
  if (query.get('code_challenge_method') !== 'S256' || !found.challenge.success || !found.name.success) return refuse('invalid_request')
  return {
    kind: 'good',
    request: { redirectUri, state: foundState.data ?? null, challenge: found.challenge.data, desktopName: found.name.data },
  }
}

export function isLoopbackRedirect(text: string): boolean {
  const [, port, path] = loopbackRedirect.exec(text) ?? []
  return Number(port) <= 65_535 && path === desktopClient.redirectPath
}

/** The address of the desktop's listener with the answer in it, and who gives it (RFC 9207). */
export function answerUrl(
  { redirectUri, state }: { redirectUri: string; state: string | null },
  issuer: string,
  answer: { code: string } | { error: string },
): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...answer, ...(state !== null && { state }), iss: issuer }))
    url.searchParams.set(name, value)
  return url.href
}
