import type { Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import { refresh, type RefreshAnswer } from '../../oauth/refresh.ts'
import type { Vault } from '../vault/vault.ts'
import type { Parties } from './parties.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { readSecret, writeSecret, type Secret } from './secrets.ts'
import { connectedFields, earlyMs, iso, isValidAt, reconnect, since, successor, waiting } from './token-state.ts'

export type Timing = {
  /** How long a request whose answer was lost may still be on its way to the provider. */
  drainMs: number
  /** First wait after a failure that proves nothing was used; doubles up to `longestRetryMs`. */
  retryMs: number
  longestRetryMs: number
  /** How long an exchange may take. */
  exchangeMs: number
}
const usualTiming: Timing = { drainMs: 90_000, retryMs: 15_000, longestRetryMs: 15 * 60_000, exchangeMs: 60_000 }

type Options = {
  registry: Registry
  vault: Vault
  parties: Parties
  connectors: Readonly<Record<string, Connector>>
  now: () => number
  report: (error: AppError) => void
  timing?: Partial<Timing>
}

export type Tokens = ReturnType<typeof createTokens>

/**
 * Keeps the tokens of connections usable. Within this process one exchange at a time for each connection; this process is the only one
 * (the home directory is locked). A journal entry is on disk before a refresh token is sent, and what comes back is stored only if the
 * generation is still the one it was sent for. Permanent refusals end a connection at once, outages never do.
 */
export function createTokens({ registry, vault, parties, connectors, now, report, timing }: Options) {
  const times = { ...usualTiming, ...timing }
  const renewing = new Map<string, Promise<Secret>>()
  const turns = new Map<string, Promise<unknown>>()
  const timers = new Map<string, NodeJS.Timeout>()
  /** Tokens that the disk refused: the only copy of them. */
  const unsaved = new Map<string, Secret>()
  let closed = false

  /** Reading a generation and writing the next is one step. */
  function inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(id) ?? Promise.resolve()).then(work)
    turns.set(
      id,
      turn.catch(() => {}),
    )
    return turn
  }

  async function read(record: StoredConnection): Promise<Secret> {
    const kept = unsaved.get(record.id)
    const secret = kept ?? (await readSecret(vault, record.id))
    if (!secret) throw reconnect(record, 'its tokens were kept in memory only and are gone')
    if (kept) await writeSecret(vault, record.id, kept).then(() => unsaved.delete(record.id), report)
    return secret
  }

  const isValid = (secret: Secret, rejected?: number, marginMs?: number) => isValidAt(now(), secret, rejected, marginMs)

  /** One renewal at a time; who comes meanwhile waits for its result. */
  function renew(id: string, rejected: number | undefined): Promise<Secret> {
    const underWay = renewing.get(id)
    if (underWay) return underWay
    const work = exchange(id, rejected).finally(() => renewing.delete(id))
    renewing.set(id, work)
    return work
  }

  async function exchange(id: string, rejected: number | undefined): Promise<Secret> {
    const record = find(id)
    const connector = connectors[record.connector]
    if (!connector) throw new AppError('not_found', `Plugboard knows no connector called ${record.connector}.`)
    const secret = await read(record)
    // A connection that waits for its next try is renewed even if its token still looks good: it may be that the service refused it.
    if (record.state !== 'retrying' && isValid(secret, rejected, earlyMs(secret))) return secret
    if (secret.refreshToken === null) {
      if (isValid(secret, rejected)) return secret
      await end(
        record,
        secret,
        secret.generation === rejected ? `${connector.provider.name} no longer accepts it` : 'it has expired and cannot be renewed',
      )
      throw reconnect(find(id))
    }
    if (record.nextTryAt !== null && Date.parse(record.nextTryAt) > now()) throw waiting(record, connector)

    const party = await parties.forGrant(record.appId, connector, record.practice, secret.client)
    await registry.update(id, () => ({ attempt: { generation: secret.generation, openedAt: iso(now()) } }))
    const answer = await refresh({
      ...party,
      refreshToken: secret.refreshToken,
      scopes: secret.scopesGranted,
      now,
      limitMs: times.exchangeMs,
    })
    return inTurn(id, () => settle(id, connector, secret, answer))
  }

  /** What the answer means for the connection as it is now: a reconnect or disconnect may have come between. */
  async function settle(id: string, connector: Connector, sent: Secret, answer: RefreshAnswer): Promise<Secret> {
    const record = find(id)
    const current = record.state === 'disconnected' ? null : await read(record)
    if (!current || current.generation !== sent.generation || current.grantId !== sent.grantId) {
      if (current && isValid(current)) return current
      throw reconnect(record)
    }
    if (answer.kind === 'granted') {
      const next = successor(sent, answer.grant, now())
      // The old token may be spent: this one is used even if the disk will not take it now.
      unsaved.set(id, next)
      await writeSecret(vault, id, next).then(() => unsaved.delete(id), report)
      await registry.update(id, () => ({ ...connectedFields(next), ...since(record, 'connected', now()) })).catch(report)
      return next
    }
    if (answer.kind === 'refused') {
      const { name } = connector.provider
      await end(record, sent, record.answerLost ? `${name}’s answer was lost, and it accepts each key once` : answer.reason)
      throw reconnect(find(id))
    }
    const failures = record.failures + 1
    const backoffMs = Math.min(times.retryMs * 2 ** (failures - 1), times.longestRetryMs) * (0.8 + Math.random() * 0.4)
    const lost = answer.kind === 'unclear'
    const nextTryAt = iso(now() + (lost ? Math.max(backoffMs, times.drainMs) : backoffMs))
    const reason =
      answer.kind === 'misconfigured' ? `The OAuth client is not accepted (${answer.reason}). Check it in Settings.` : answer.reason
    await registry.update(id, current => ({
      ...since(current, 'retrying', now()),
      reason,
      nextTryAt,
      failures,
      attempt: null,
      answerLost: current.answerLost || lost,
    }))
    retryLater(find(id))
    if (isValid(sent)) return sent
    throw waiting(find(id), connector)
  }

  function reconnectOrWait(record: StoredConnection): AppError {
    const connector = connectors[record.connector]
    return record.state === 'retrying' && connector ? waiting(record, connector) : reconnect(record)
  }

  const end = (record: StoredConnection, { generation }: Secret, reason: string): Promise<void> =>
    registry.update(record.id, current =>
      current.generation > generation ? {} : { ...since(current, 'needs_reconnect', now()), reason, nextTryAt: null, attempt: null },
    )

  function find(id: string): StoredConnection {
    const record = registry.get(id)
    if (!record) throw new AppError('needs_connection', 'This connection was removed.')
    return record
  }

  /** Heals without being asked: the next try happens although nobody calls. */
  function retryLater({ id, nextTryAt, state }: StoredConnection): void {
    clearTimeout(timers.get(id))
    if (closed || state !== 'retrying' || nextTryAt === null) return
    const timer = setTimeout(() => void renew(id, undefined).catch(() => {}), Math.max(0, Date.parse(nextTryAt) - now()) + 1)
    timer.unref()
    timers.set(id, timer)
  }

  /** After a start, or once the vault is open: an entry still open belongs to a process that died. Its request may yet arrive, so nothing is sent until it has drained. */
  async function recover(): Promise<void> {
    for (const { id } of registry.all()) {
      await inTurn(id, async () => {
        const record = find(id)
        const secret = await readSecret(vault, id).catch(() => null)
        if (!secret || record.state === 'disconnected' || renewing.has(id)) return
        if (secret.generation > record.generation)
          await registry.update(id, () => ({ ...connectedFields(secret), grantId: secret.grantId, ...since(record, 'connected', now()) }))
        else if (record.attempt)
          await registry.update(id, () => ({
            ...since(record, 'retrying', now()),
            reason: 'Plugboard stopped while the access was being renewed',
            attempt: null,
            answerLost: true,
            nextTryAt: iso(now() + times.drainMs),
          }))
      }).catch(error => report(AppError.from(error)))
      const record = registry.get(id)
      if (record) retryLater(record)
    }
  }

  return {
    inTurn,
    recover,
    /** A token that works as far as is known. `rejected` is the generation that met a 401. Errors: unauthorized, unavailable, needs_connection. */
    async fresh(record: StoredConnection, rejected?: number): Promise<Secret> {
      const secret = await read(record)
      if (isValid(secret, rejected, earlyMs(secret))) return secret
      if (!isValid(secret, rejected)) {
        const renewed = await renew(record.id, rejected)
        if (isValid(renewed, rejected)) return renewed
        // It joined a renewal that failed while the token still looked good.
        throw reconnectOrWait(find(record.id))
      }
      if (secret.refreshToken === null) return secret
      // Still good for a while: nobody has to wait for the renewal.
      void renew(record.id, rejected).catch(() => {})
      return secret
    },
    /** What is held now, without renewing. Null when there is nothing or it cannot be opened. */
    held: (record: StoredConnection): Promise<Secret | null> => read(record).catch(() => null),
    forgetUnsaved: (id: string) => unsaved.delete(id),
    close(): void {
      closed = true
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
