import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import type { Provider } from '../core/provider.ts'
import { withoutValues } from '../core/secrets.ts'

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
    const { response, text } = await send(url, inOwnForm(provider, init), options)
    const { status, body } = toStandard(provider, response.status, parseAnswer(text, response))
    const told = JSON.stringify(body)
    return new Response(status === 200 ? told : withoutValues(told, secretsIn(init)), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  }
}

const secretParameters = ['refresh_token', 'code', 'code_verifier', 'client_secret', 'device_code', 'token']

/** What a provider may not repeat in its words, which people get to see. */
function secretsIn({ body, headers }: RequestInit): string[] {
  const parameters = new URLSearchParams(body instanceof URLSearchParams ? body : String(body ?? ''))
  const basic = /^Basic (.+)$/.exec(new Headers(headers).get('authorization') ?? '')?.[1]
  // RFC 6749 §2.3.1: id and secret are each encoded as in a form.
  const [, secret = ''] = basic ? atob(basic).split(':') : []
  return [...secretParameters.flatMap(name => parameters.get(name) ?? []), decodeURIComponent(secret.replaceAll('+', ' ')), basic ?? '']
}

/** The request in the provider's own names and encoding, where they are not those of RFC 6749. */
export function inOwnForm({ clientIdParameter, tokenBody }: Provider, init: RequestInit): RequestInit {
  const parameters = new URLSearchParams(init.body instanceof URLSearchParams ? init.body : String(init.body ?? ''))
  const clientId = parameters.get('client_id')
  if (clientIdParameter && clientId !== null) {
    parameters.set(clientIdParameter, clientId)
    parameters.delete('client_id')
  }
  if (tokenBody !== 'json') return { ...init, body: parameters }
  const headers = new Headers(init.headers)
  headers.set('content-type', 'application/json')
  return { ...init, headers, body: JSON.stringify(Object.fromEntries(parameters)) }
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
    // Who watches over where requests go says so with an error of ours, before anything is sent.
    if (error instanceof Error && error.cause instanceof AppError)
      throw new NoUsableAnswer(error.cause.message, { cause: error, notSent: true })
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

/** JSON, or the form encoding that GitHub falls back to. Throws NoUsableAnswer. */
export function parseAnswer(text: string, response: Response): Answer {
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
})

/** RFC 6749 §5.2, and what TikTok (`error: {code, message}`) and HubSpot (`status` and `message`) have in its place. */
const failure = z.object({
  error: z
    .union([z.string().min(1), z.object({ code: z.string(), message: z.string().optional() })])
    .nullish()
    .catch(null),
  error_description: z.string().nullish().catch(null),
  status: z.string().nullish().catch(null),
  message: z.string().nullish().catch(null),
})

/** The error in an answer: RFC 6749 §5.2 as it should be. Null when it holds none. */
export function errorIn(answer: Answer, status: number): { error: string; error_description?: string } | null {
  const { error, error_description: description, status: word, message } = failure.parse(answer)
  const [code, words] = typeof error === 'object' && error ? [error.code, error.message] : [error, description]
  if ((!code || code === 'ok') && answer['ok'] !== false && status < 400) return null
  const said = words ?? message
  return { error: code && code !== 'ok' ? code : (word ?? 'unknown_error'), ...(said && { error_description: said }) }
}

/** Slack calls its bearer tokens after whom they act for, and some providers call them nothing. */
const bearerNames = new Set(['', 'bot', 'user'])

/** Irons out what providers do differently. Errors come with HTTP 200 from GitHub, Slack and TikTok. The id token is left out: the identity call is asked instead. */
function toStandard(provider: Provider, status: number, answer: Answer): { status: number; body: Record<string, string | number> } {
  const error = errorIn(answer, status)
  if (error) return { status: 400, body: error }
  const found = grantIn(provider, answer)
  const grant = known.parse(found)
  if (!grant.access_token) throw new NoUsableAnswer('the answer holds no access token')
  const type = grant.token_type ?? ''
  const present = Object.entries(grant).flatMap(([name, value]) =>
    // An empty scope says something: nothing of what was asked for.
    value === null || value === undefined || (value === '' && name !== 'scope') ? [] : [[name, value] as const],
  )
  return {
    status: 200,
    body: {
      ...learnedMembers(provider, answer),
      ...Object.fromEntries(present),
      token_type: bearerNames.has(type.toLowerCase()) ? 'bearer' : type,
    },
  }
}

const authedUser = z.object({ authed_user: answerBody.and(z.object({ access_token: z.string() })) })

/** Slack puts a person's grant inside `authed_user` at first, and beside the bot's own; a refreshed one stands at the top. */
function grantIn({ grantAt }: Provider, answer: Answer): Answer {
  if (grantAt === 'top') return answer
  const inner = authedUser.safeParse(answer)
  if (inner.success) return inner.data.authed_user
  return answer['token_type'] === 'bot' ? {} : answer
}

/** What the answer tells beside the grant, as far as it is of the form it may have. */
function learnedMembers({ learned = {} }: Provider, answer: Answer): Record<string, string> {
  const members = Object.values(learned).flatMap(({ member, pattern }) => {
    const value = answer[member]
    return typeof value === 'string' && new RegExp(`^(?:${pattern})$`).test(value) ? [[member, value] as const] : []
  })
  return Object.fromEntries(members)
}

function networkCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  return ''
}
