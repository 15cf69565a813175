import { apiOriginsOf, type Facts } from '../core/addresses.ts'
import { boundFetch } from '../core/bound-fetch.ts'
import type { Account, Connector } from '../core/connector.ts'
import { AppError } from '../core/errors.ts'
import { NoUsableAnswer, parseJson, send } from './answer.ts'
import type { Grant } from './grant.ts'
import type { Party } from './server.ts'

/** Whom a connection talks to, and where its API is answered when that is not the real service. */
export type Counterpart = Party & { facts: Facts; practiceOrigins: Readonly<Record<string, string>> | null }

/**
 * All that a connection's addresses need: the user's answers, what the token answer told, and what the provider tells when it is asked. A
 * practice account needs none of it. Errors: `forbidden` when the account does not reach what the user named, `unavailable`.
 */
export async function learnFacts({ provider, facts, practiceOrigins }: Counterpart, grant: Grant, signal: AbortSignal): Promise<Facts> {
  if (practiceOrigins) return {}
  const known = { ...facts, ...grant.facts }
  for (const name of Object.keys(provider.learned ?? {}))
    if (!(name in known)) throw unsaid(provider.name, `no ${name} in the token answer`)
  if (!provider.learn) return known
  const ask = async (url: string, scheme = 'Bearer') => {
    const init = { headers: { accept: 'application/json', authorization: `${scheme} ${grant.accessToken}` } }
    const { response, text } = await send(url, init, { limitMs: 30_000, signal })
    if (!response.ok) throw new NoUsableAnswer(`HTTP ${response.status}`)
    return parseJson(text)
  }
  try {
    return { ...known, ...(await provider.learn(ask, known)) }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof AppError ? error : unsaid(provider.name, error instanceof Error ? error.message : '', error)
  }
}

const unsaid = (name: string, details: string, cause?: unknown) =>
  new AppError('unavailable', `${name} did not say where this account is reached. Try again in a minute.`, {
    details,
    cause,
    action: { kind: 'retry' },
  })

/** Asks the service whose account it is, with the fresh token. */
export async function identify(
  connector: Connector,
  { practiceOrigins, facts }: Counterpart,
  { accessToken }: Grant,
  practice: boolean,
  signal: AbortSignal,
): Promise<Account> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(30_000)])
  const bound = boundFetch({
    accessToken,
    apiOrigins: apiOriginsOf(connector.provider, facts),
    tokenHeader: connector.provider.tokenHeader,
    practiceOrigins,
  })
  const withSignal: typeof fetch = (input, init) =>
    bound(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limited]) : limited })
  try {
    return await connector.identity({ fetch: withSignal, account: null, practice, facts, signal: limited })
  } catch (error) {
    if (error instanceof AppError) throw error
    throw (
      connector.explain?.(error) ??
      new AppError('unavailable', `${connector.provider.name} did not say which account this is. Try again in a minute.`, {
        cause: error,
        action: { kind: 'retry' },
      })
    )
  }
}
