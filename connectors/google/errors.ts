import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { innerAppError } from '../inner-error.ts'

const answer = z.looseObject({
  error: z.looseObject({
    message: z.string().default(''),
    status: z.string().optional(),
    errors: z.array(z.looseObject({ reason: z.string().optional() })).default([]),
    details: z.array(z.looseObject({ reason: z.string().optional() })).default([]),
  }),
})
const failure = z.looseObject({ status: z.number(), response: z.looseObject({ data: z.unknown() }).optional() })

const limits = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded', 'RATE_LIMIT_EXCEEDED'])
const scopes = new Set(['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'])
const switchedOff = new Set(['accessNotConfigured', 'SERVICE_DISABLED'])

/** What Google's error bodies say, whatever shape they come in: the JSON itself, or text of it. */
function readAnswer(data: unknown) {
  let body = data
  if (typeof data === 'string') {
    try {
      body = JSON.parse(data)
    } catch {
      body = null
    }
  }
  const read = answer.safeParse(body)
  if (!read.success) return { message: '', reasons: new Set<string>() }
  const { message, errors, details } = read.data.error
  return { message, reasons: new Set([...errors, ...details].flatMap(({ reason }) => reason ?? [])) }
}

/** One sentence for an HTTP status and body of any Google API. `thing` is what was asked for, such as “file”. */
export function googleAppError(status: number, data: unknown, thing: string, cause?: unknown): AppError {
  const { message, reasons } = readAnswer(data)
  const has = (known: ReadonlySet<string>) => [...reasons].some(reason => known.has(reason))
  const details = message ? `Google: ${message}` : `HTTP ${status}`
  const say = (code: ConstructorParameters<typeof AppError>[0], sentence: string) => new AppError(code, sentence, { cause, details })

  if (status === 401) return say('unauthorized', 'Google no longer accepts this connection. Reconnect it.')
  if (status === 429 || has(limits)) return say('rate_limited', 'Google asks to slow down. Try again in a minute.')
  if (status === 403 && has(scopes)) return say('needs_scopes', 'This Google connection may not do that yet. Allow it by reconnecting.')
  if (status === 403 && has(switchedOff))
    return say('forbidden', 'This API is switched off for your Google client. Turn it on in the Google Cloud console, then try again.')
  if (status === 403) return say('forbidden', `This Google account may not do that. Ask the owner of the ${thing} for access.`)
  if (status === 404 || status === 410)
    return say('not_found', `Google has no such ${thing}, or this account may not see it. Check the name, link or id.`)
  if (status === 409 || status === 412) return say('conflict', `The ${thing} was changed meanwhile. Read it again, then try again.`)
  if (status >= 500 || status < 400) return say('unavailable', 'Google has a problem right now. Try again in a minute.')
  return say('validation', 'Google refused these values. Check them, then try again.')
}

/** Turns what Google's clients throw into one sentence that says what to do. */
export const explainGoogle =
  (thing: string) =>
  (error: unknown): AppError | null => {
    const inner = innerAppError(error)
    if (inner) return inner
    const read = failure.safeParse(error)
    if (read.success) return googleAppError(read.data.status, read.data.response?.data, thing, error)
    // What Google's client throws without an answer carries the request's `config`.
    if (error instanceof TypeError || error instanceof SyntaxError || (error instanceof Error && 'config' in error))
      return new AppError('unavailable', 'Google could not be reached or gave no sensible answer. Try again in a minute.', { cause: error })
    return null
  }
