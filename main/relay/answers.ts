import type { z } from 'zod'
import { errorShape } from '../../core/contract/base.ts'
import { AppError } from '../../core/errors.ts'

/** Sends a request to the relay as whoever is signed in there. Errors: `unavailable`, `unauthorized`. */
export type RelayRequest = (path: `/${string}`, init?: RequestInit) => Promise<Response>

/** So long a small question may take. */
export const limitMs = 15_000

/** Errors are the relay's own, or `unavailable`. */
export async function sendRequest(request: RelayRequest, path: `/${string}`, init: RequestInit = {}): Promise<Response> {
  const response = await request(path, init)
  if (response.ok) return response
  const body = errorShape.safeParse(await response.json().catch(() => null))
  if (body.success && body.data.code !== 'internal') throw AppError.fromShape(body.data)
  throw new AppError('unavailable', `The relay could not do this (${response.status}). Try again in a minute.`, {
    action: { kind: 'retry' },
    cause: body.data?.message,
  })
}

/** Asks what is answered at once. */
export const askBriefly =
  (request: RelayRequest) =>
  (path: `/${string}`, init: RequestInit = {}): Promise<Response> =>
    sendRequest(request, path, { signal: AbortSignal.timeout(limitMs), ...init })

/** Reads an answer before it is believed. Errors: `unavailable`, as something between here and the relay may have answered in its place. */
export async function readAnswer<T>(schema: z.ZodType<T>, response: Response): Promise<T> {
  const text = await response.text().catch((cause: unknown) => {
    throw cutOff(cause)
  })
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) throw misunderstood(parsed.error)
  return parsed.data
}

export const jsonBody = (body: object) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const cutOff = (cause: unknown) =>
  new AppError('unavailable', 'The connection to the relay was cut. Try again: nothing is lost.', { action: { kind: 'retry' }, cause })

export const misunderstood = (cause: unknown) =>
  new AppError('unavailable', 'The relay gave an answer that Plugboard does not understand. Is Plugboard up to date on both sides?', {
    action: { kind: 'retry' },
    cause,
  })

/** Before the user has said where secrets are kept, and while they are locked away, there is no relay to ask. */
export function unlessLocked(error: unknown): null {
  if (error instanceof AppError && error.action?.kind === 'unlock') return null
  throw error
}
