import type { connectAnswer, OwnConnection } from '../../core/contract/own-connections.ts'
import type { ApiError, OpenLink, PublishedSite, RecordPage, signedIn } from '../../core/contract/published.ts'
import { AppError, isErrorCode, type ErrorCode } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { PagesApi } from '../pages/api.ts'

type SignedIn = (typeof signedIn)['_output']
type Credentials = { email: string; password: string }

export type SiteApi = PagesApi & {
  site(signal?: AbortSignal): Promise<PublishedSite>
  auth: {
    signIn(given: Credentials): Promise<SignedIn>
    signUp(given: Credentials & { name: string; invitation?: string }): Promise<SignedIn>
    signOut(): Promise<void>
    forgot(email: string): Promise<void>
    reset(given: { token: string; password: string }): Promise<SignedIn>
    ask(given: { name: string; email: string }): Promise<void>
    link(token: string, signal: AbortSignal): Promise<OpenLink>
  }
}

/**
 * The API of a published app, below its own address alone. Contracts: core/contract/published.ts and own-connections.ts; the relay checks
 * what it answers. `returnTo`: the path that is shown, for a sign-in that leads away and back.
 */
export function createSiteApi(base: string, returnTo: () => string, send: typeof fetch = (...given) => fetch(...given)): SiteApi {
  async function call<T>(method: string, path: string, options: { body?: Json; signal?: AbortSignal | undefined } = {}): Promise<T> {
    const { body, signal } = options
    const response = await send(`${base}api/${path}`, {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    }).catch((cause: unknown) => {
      if (cause instanceof Error && cause.name === 'AbortError') throw cause
      throw new AppError('unavailable', 'The app cannot be reached. Check your connection and try again.', {
        cause,
        action: { kind: 'retry' },
      })
    })
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok) return answer as T
    throw failure(response.status, answer as Partial<ApiError> | null)
  }
  const entity = (name: string, id?: string) =>
    `entities/${encodeURIComponent(name)}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`
  const connection = (connector: string) => `connections/${encodeURIComponent(connector)}`
  const post = <T>(path: string, body: Json) => call<T>('POST', path, { body })

  return {
    site: signal => call('GET', 'app', { signal }),
    auth: {
      signIn: given => post('auth/sign-in', given),
      signUp: given => post('auth/sign-up', given),
      signOut: () => post('auth/sign-out', {}),
      forgot: email => post('auth/forgot', { email }),
      reset: given => post('auth/reset', given),
      ask: given => post('auth/ask', given),
      link: (token, signal) => call('GET', `auth/link?${new URLSearchParams({ token })}`, { signal }),
    },
    records: {
      list: (name, query, signal) => call<RecordPage>('GET', `${entity(name)}?${searchOf(query)}`, { signal }),
      get: (name, id, signal) => call<JsonObject>('GET', entity(name, id), { signal }),
      create: (name, data) => call<JsonObject>('POST', entity(name), { body: data }),
      update: (name, id, data) => call<JsonObject>('PUT', entity(name, id), { body: data }),
      remove: (name, id) => call('DELETE', entity(name, id)),
    },
    connections: {
      list: signal => call<OwnConnection[]>('GET', 'connections', { signal }),
      connect: (connector, answers) =>
        post<(typeof connectAnswer)['_output']>(`${connection(connector)}/connect`, { returnTo: returnTo(), answers }),
      disconnect: connector => call('DELETE', connection(connector)),
      agree: (connector, flow, agreed) => call('PUT', `${connection(connector)}/flows/${encodeURIComponent(flow)}`, { body: { agreed } }),
    },
  }
}

function searchOf({ q, sort, limit, cursor }: Parameters<PagesApi['records']['list']>[1]): URLSearchParams {
  const search = new URLSearchParams({ limit: String(limit) })
  if (q) search.set('q', JSON.stringify(q))
  if (sort) search.set('sort', sort)
  if (cursor) search.set('cursor', cursor)
  return search
}

/** What was answered instead, as the error it tells of. Whatever stands in front of the relay may answer without telling one. */
function failure(status: number, answer: Partial<ApiError> | null): AppError {
  if (answer && isErrorCode(answer.code) && typeof answer.message === 'string')
    return AppError.fromShape({ ...answer, code: answer.code, message: answer.message })
  const codes: Record<number, ErrorCode> = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 429: 'rate_limited' }
  return new AppError(codes[status] ?? 'unavailable', `The app does not answer as it should (${status}). Try again in a moment.`, {
    action: { kind: 'retry' },
  })
}
