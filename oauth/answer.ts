import { z } from 'zod'
import type { Provider } from '../core/provider.ts'

/** The server gave no answer that means anything: none at all, an error page, or far too much. Says nothing about the grant. */
export class NoUsableAnswer extends Error {
  override readonly name = 'NoUsableAnswer'
  /** True only when it is proved that the request never left: then it may be repeated at once. */
  readonly notSent: boolean

  constructor(message: string, options: { cause?: unknown; notSent?: boolean } = {}) {
    super(message, { cause: options.cause })
    this.notSent = options.notSent ?? false
  }
}

const sizeLimitBytes = 1_000_000
const notSentCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

export type SendOptions = { limitMs?: number; signal?: AbortSignal }

/**
 * A `fetch` for token endpoints: one request, no redirects, a deadline (60 s), at most 1 MB, and an answer in the form of RFC 6749 §5,
 * whatever the provider makes of it. Throws NoUsableAnswer, or what `signal` was aborted with.
 */
export function tokenFetch(provider: Provider, options: SendOptions = {}) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const { response, text } = await send(url, init, options)
    const { status, body } = toStandard(provider, response.status, parseAnswer(text, response))
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  }
}

/** One request within the limits of `tokenFetch`, its answer as it came. */
export async function send(
  url: string,
  init: RequestInit,
  { limitMs = 60_000, signal }: SendOptions = {},
): Promise<{ response: Response; text: string }> {
  const limit = AbortSignal.timeout(limitMs)
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: signal ? AbortSignal.any([signal, limit]) : limit })
    return { response, text: await readText(response) }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof NoUsableAnswer) throw error
    if (limit.aborted) throw new NoUsableAnswer(`no answer within ${Math.round(limitMs / 1000)} s`, { cause: error })
    throw new NoUsableAnswer('the server cannot be reached', { cause: error, notSent: notSentCodes.has(networkCode(error)) })
  }
}

async function readText(response: Response): Promise<string> {
  let text = ''
  let sizeBytes = 0
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength
    // Leaving the loop cancels the rest of the answer.
    if (sizeBytes > sizeLimitBytes) throw new NoUsableAnswer('the answer is too large')
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}

const answerBody = z.record(z.string(), z.json())
type Answer = z.infer<typeof answerBody>

/** JSON, or the form encoding that GitHub falls back to. */
function parseAnswer(text: string, response: Response): Answer {
  const form = response.headers.get('content-type')?.includes('application/x-www-form-urlencoded')
  const parsed = answerBody.safeParse(form ? Object.fromEntries(new URLSearchParams(text)) : parseJson(text))
  // A 5xx says nothing about the grant even when it carries an OAuth error: a proxy may have answered.
  if (!parsed.success || response.status >= 500 || response.status === 429) throw new NoUsableAnswer(`HTTP ${response.status}`)
  return parsed.data
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const known = z.object({
  access_token: z.string().min(1).nullish().catch(null),
  token_type: z.string().nullish().catch(null),
  refresh_token: z.string().nullish().catch(null),
  scope: z.string().nullish().catch(null),
  expires_in: z.coerce.number().positive().nullish().catch(null),
  refresh_token_expires_in: z.coerce.number().positive().nullish().catch(null),
  error: z.string().min(1).nullish().catch(null),
  error_description: z.string().nullish().catch(null),
})

/** Slack calls its bearer tokens after whom they act for, and some providers call them nothing. */
const bearerNames = new Set(['', 'bot', 'user'])

/** Irons out what providers do differently. Errors come with HTTP 200 from GitHub and Slack. The id token is left out: the identity call is asked instead. */
function toStandard(provider: Provider, status: number, answer: Answer): { status: number; body: Record<string, string | number> } {
  const inner = z.object({ authed_user: answerBody }).safeParse(answer)
  const grant = known.parse(provider.grantAt === 'authed_user' && inner.success ? inner.data.authed_user : answer)
  const { error, error_description: description } = known.parse(answer)
  if (error || answer['ok'] === false || status >= 400)
    return { status: 400, body: { error: error ?? 'unknown_error', ...(description && { error_description: description }) } }
  if (!grant.access_token) throw new NoUsableAnswer('the answer holds no access token')
  const type = grant.token_type ?? ''
  const present = Object.entries(grant).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, value] as const],
  )
  return { status: 200, body: { ...Object.fromEntries(present), token_type: bearerNames.has(type.toLowerCase()) ? 'bearer' : type } }
}

function networkCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  return ''
}
