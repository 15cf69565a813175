import type { Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { StoredConnection } from './registry.ts'
import type { Secret } from './secrets.ts'

/** Whether a token may be handed out, as far as is known: not the one that was rejected, and not over before `marginMs` have passed. */
export const isValidAt = (now: number, secret: Secret, rejected: number | undefined, marginMs = 0): boolean =>
  secret.generation !== rejected && (secret.accessExpiresAt === null || secret.accessExpiresAt - marginMs > now)

/** How long before its end a token is renewed: a tenth of its life, at most five minutes. Spread, so that many do not come at once. */
export function earlyMs({ accessExpiresAt, obtainedAt }: Secret): number {
  const lifeMs = (accessExpiresAt ?? 0) - obtainedAt
  return Math.min(lifeMs / 10, 5 * 60_000) * (0.8 + (obtainedAt % 100) / 500)
}

/** The secret after a renewal. An answer without a refresh token means that the old one stays. */
export function successor(sent: Secret, grant: Grant, now: number): Secret {
  const renewed = grant.refreshToken === null ? { refreshToken: sent.refreshToken, refreshExpiresAt: sent.refreshExpiresAt } : {}
  return { ...sent, ...grant, ...renewed, generation: sent.generation + 1, obtainedAt: now }
}

/** What the public part says of a secret that has just been stored. */
export const connectedFields = (secret: Secret) => ({
  generation: secret.generation,
  accessExpiresAt: secret.accessExpiresAt === null ? null : iso(secret.accessExpiresAt),
  scopesGranted: secret.scopesGranted,
  renewable: secret.refreshToken !== null || secret.accessExpiresAt === null,
  reason: null,
  nextTryAt: null,
  attempt: null,
  answerLost: false,
  failures: 0,
})

/** `since` is when the state began, not when it was last written. */
export const since = (record: StoredConnection, state: StoredConnection['state'], at: number) =>
  record.state === state ? { state } : { state, since: iso(at) }

export const iso = (at: number): string => new Date(at).toISOString()

export function reconnect({ id, name, reason }: StoredConnection, because = reason): AppError {
  return new AppError('unauthorized', `“${name}” has to be connected again${because ? `: ${because}` : ''}.`, {
    action: { kind: 'reconnect', connectionId: id },
  })
}

export function waiting({ name, nextTryAt, reason }: StoredConnection, { provider }: Connector): AppError {
  const when = nextTryAt ? ` Plugboard tries again at ${nextTryAt.slice(11, 19)} UTC.` : ''
  return new AppError('unavailable', `The access of “${name}” cannot be renewed because ${provider.name} does not answer.${when}`, {
    action: { kind: 'retry' },
    details: reason ?? undefined,
  })
}
