import { z } from 'zod'
import type { Call } from '../core/connector.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import { innerAppError } from './inner-error.ts'
import { sensibleAnswers } from './sensible-answers.ts'

/** An answer with a status that is no success. `body` is its beginning, for the details of an error. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly body: string

  constructor(status: number, body: string) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>
type Request<T> = { answer: z.ZodType<T>; query?: Query; body?: unknown; headers?: Readonly<Record<string, string>> }

/**
 * A service that speaks JSON over HTTP, for which there is no official SDK. It holds no token: `call.fetch` adds it. An answer is read as
 * `answer` says; another shape throws `unavailable`, another status `HttpError`.
 */
export function jsonApi(call: Call, { name, origin }: { name: string; origin: string }) {
  const send = sensibleAnswers(call.fetch, name, { mayBeEmpty: true })

  async function request<T>(method: string, path: string, { answer, query = {}, body, headers }: Request<T>): Promise<T> {
    const url = new URL(path, origin)
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value))
    const response = await send(url, {
      method,
      signal: call.signal,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new HttpError(response.status, text.slice(0, 500))
    const read = answer.safeParse(text === '' ? undefined : JSON.parse(text))
    if (read.success) return read.data
    throw new AppError('unavailable', `${name} answered in a form Plugboard does not know. Try again later.`, { cause: read.error })
  }

  return {
    get: <T>(path: string, answer: z.ZodType<T>, query?: Query) => request('GET', path, { answer, query }),
    post: <T>(path: string, answer: z.ZodType<T>, body: unknown) => request('POST', path, { answer, body }),
    request,
  }
}

const meanings: Readonly<Record<number, readonly [ErrorCode, (name: string) => string]>> = {
  401: ['unauthorized', name => `${name} no longer accepts this connection. Reconnect ${name}.`],
  403: ['forbidden', name => `This ${name} account may not do that. Ask an owner of it for access.`],
  404: ['not_found', name => `${name} has no such thing that this account can see. Check its name or id.`],
  409: ['conflict', name => `${name} says that this was changed meanwhile. Read it again, then try again.`],
  410: ['not_found', name => `${name} says that this is gone.`],
  429: ['rate_limited', name => `${name} asks to slow down. Try again in a minute.`],
}

/** What an HTTP status means for the person, for services whose errors have no words of their own worth reading. */
export const explainHttp =
  (name: string) =>
  (error: unknown): AppError | null => {
    const inner = innerAppError(error)
    if (inner) return inner
    if (error instanceof TypeError || error instanceof SyntaxError)
      return new AppError('unavailable', `${name} could not be reached or gave no sensible answer. Try again in a minute.`, {
        cause: error,
      })
    if (!(error instanceof HttpError)) return null
    const { status, body } = error
    const details = `HTTP ${status} ${body}`.trim()
    const [code, sentence] = meanings[status] ?? []
    if (code && sentence) return new AppError(code, sentence(name), { cause: error, details })
    return status >= 500
      ? new AppError('unavailable', `${name} has a problem right now. Try again in a minute.`, { cause: error, details })
      : new AppError('validation', `${name} refused these values. Check them, then try again.`, { cause: error, details })
  }
