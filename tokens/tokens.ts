import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { AppError } from '../core/errors.ts'
import type { RefreshAnswer } from '../oauth/refresh.ts'
import type { OAuthClient } from '../oauth/server.ts'
import { beginAttempt, closeDead, type Ground, type OpenAttempt } from './begin.ts'
import { dropAttempt, endAttempt } from './end.ts'
import { livesOf, type Lives } from './grant-fields.ts'
import { createHealing } from './healing.ts'
import type { OwnProcess } from './processes.ts'
import type { Rotation } from './rotation.ts'
import { isDue, isUsable, statusOf, type TokenRow, type TokenStatus } from './row.ts'
import { selectRow, toRow } from './rows.ts'
import { heldIn } from './held.ts'
import { tokenContext, type Sealer } from './sealer.ts'

/** A token that works as far as is known. `accessExpiresAt` is epoch ms, or null when it does not end. */
export type HeldToken = { accessToken: string; generation: number; accessExpiresAt: number | null; scopes: string[] }

/**
 * What became of the wish for a token. `waiting`: renewing does not get through at the time, `status` says why and when it is tried again.
 * `ended`: the user has to connect again. `unreadable`: the key it was sealed with is not here. `elsewhere`: another machine renews it.
 */
export type Access =
  | { kind: 'token'; token: HeldToken }
  | { kind: 'waiting' | 'ended'; status: TokenStatus }
  | { kind: 'unreadable' | 'elsewhere' | 'missing' }

/** The way to the authorization server of one connection. `refresh` sends once and never throws; `now` is what it reckons ends from. */
export type Route = {
  rotation: Rotation
  /** After how many days without use the provider lets a refresh token die. */
  idleDays: number | null
  refresh(request: { refreshToken: string; scopes: readonly string[]; now: () => number; limitMs: number }): Promise<RefreshAnswer>
}

export type TokensOptions = Omit<Ground, 'processId' | 'sealer'> & {
  /** One for all connections, or each connection's own. */
  sealer: Sealer | ((connectionId: string) => Promise<Sealer>)
  process: OwnProcess
  /** Throws what the user is told when nothing can be sent, before anything is opened. */
  reach(connectionId: string, client: OAuthClient): Promise<Route>
  /** State or token of a connection changed. */
  changed(connectionId: string): void
  report(error: AppError): void
}

export type Tokens = ReturnType<typeof createTokens>

/**
 * Keeps the tokens of connections usable, together with any other process on the same database: the protocol of “one connection, many
 * processes, one exchange at a time”. Within this process a map of promises joins callers; between processes the attempt's row decides.
 */
export function createTokens({ process: own, reach, changed, report, sealer, ...options }: TokensOptions) {
  const { database, timing } = options
  const sealerOf = async (id: string): Promise<Sealer> => (typeof sealer === 'function' ? sealer(id) : sealer)
  const groundOf = async (id: string): Promise<Ground> => ({ ...options, sealer: await sealerOf(id), processId: own.id })
  const renewing = new Map<string, Promise<Access>>()
  /** Ends of attempts that the disk refused: of a granted one, the only copy of its tokens. */
  const unwritten = new Map<string, Unwritten>()
  const closing = new AbortController()
  let closed: Promise<void> | undefined

  async function look(id: string): Promise<{ row: TokenRow | null; now: number }> {
    const [found] = await database.query(selectRow(database, id))
    return { row: toRow(found), now: Number(found?.['now']) }
  }

  async function handOut(row: TokenRow): Promise<Access> {
    const accessToken =
      row.accessToken === null ? null : (await sealerOf(row.connectionId)).open(tokenContext(row, 'access'), row.accessToken)
    if (accessToken === null) return { kind: 'unreadable' }
    const { generation, accessExpiresAt, scopes } = row
    return { kind: 'token', token: { accessToken, generation, accessExpiresAt, scopes } }
  }

  async function accessToken(id: string, rejected?: number): Promise<Access> {
    const { row, now } = await look(id)
    if (!row) return { kind: 'missing' }
    if (row.state === 'needs_reconnect' || row.state === 'disconnected') return { kind: 'ended', status: statusOf(row) }
    if (unwritten.has(id) || !isUsable(row, now, rejected)) {
      const access = await renew(id, rejected)
      // It joined a renewal for someone whom this very token had satisfied.
      return access.kind === 'token' && access.token.generation === rejected ? renew(id, rejected) : access
    }
    // Good for a while: nobody has to wait for the renewal.
    if (isDue(row, now, rejected) && row.refreshToken !== null && (row.nextTry ?? 0) <= now) void renew(id, rejected).catch(() => {})
    return handOut(row)
  }

  function renew(id: string, rejected: number | undefined): Promise<Access> {
    const underWay = renewing.get(id)
    if (underWay) return underWay
    const work = renewNow(id, rejected).finally(() => renewing.delete(id))
    renewing.set(id, work)
    return work
  }

  async function renewNow(id: string, rejected: number | undefined): Promise<Access> {
    for (;;) {
      closing.signal.throwIfAborted()
      const kept = unwritten.get(id)
      if (kept) {
        const failure = await write(id, kept)
        if (failure && (!kept.token || kept.token.generation === rejected)) throw failure
        if (failure && kept.token) return { kind: 'token', token: kept.token }
      }
      const { row } = await look(id)
      if (!row) return { kind: 'missing' }
      const client = heldIn(row, await sealerOf(id))?.client ?? null
      if (!client) return row.client === null ? { kind: 'ended', status: statusOf(row) } : { kind: 'unreadable' }
      const route = await reach(id, client)
      const ground = await groundOf(id)
      const sendBy = performance.now() + timing.sendWithinMs
      const beginning = await database.transaction(() => beginAttempt(ground, { connectionId: id, rejected, rotation: route.rotation }))
      switch (beginning.kind) {
        case 'begun': {
          const { attempt } = beginning
          // Narrows the gap between the right to send and sending. A grant that came meanwhile may belong to another client.
          if (performance.now() > sendBy || attempt.grantId !== row.grantId)
            await database.transaction(() => dropAttempt(database, attempt))
          else if (await exchange(attempt, route, beginning.row)) return latest(id, attempt)
          break
        }
        case 'busy':
          if (!(await own.bury(beginning.owners))) await delay(timing.pollMs, undefined, { signal: closing.signal })
          break
        case 'later':
        case 'ended':
          if (beginning.row.state !== row.state || beginning.row.nextTry !== row.nextTry) tell(id)
          return { kind: beginning.kind === 'later' ? 'waiting' : 'ended', status: statusOf(beginning.row) }
        case 'settled':
          return handOut(beginning.row)
        case 'unreadable':
        case 'elsewhere':
        case 'missing':
          return { kind: beginning.kind }
      }
    }
  }

  /** True when tokens came. */
  async function exchange(attempt: OpenAttempt, route: Route, { scopes }: TokenRow): Promise<boolean> {
    const at = Date.now()
    const { refreshToken, connectionId } = attempt
    const answer = await route.refresh({ refreshToken, scopes, now: () => at, limitMs: timing.exchangeMs })
    const granted = answer.kind === 'granted' ? answer.grant : null
    const end: Unwritten = {
      attempt,
      answer,
      lives: granted ? livesOf(granted, at, route.idleDays) : noLives,
      token: granted && {
        accessToken: granted.accessToken,
        generation: attempt.generation + 1,
        accessExpiresAt: granted.accessExpiresAt,
        scopes: granted.scopesGranted,
      },
    }
    unwritten.set(connectionId, end)
    const failure = await write(connectionId, end)
    if (failure && !closing.signal.aborted) report(failure)
    return granted !== null
  }

  /** Null once the end of an attempt is on disk. Until then nobody else sends its token: the attempt is open and its owner lives. */
  async function write(id: string, end: Unwritten): Promise<AppError | null> {
    try {
      const ground = await groundOf(id)
      await database.transaction(() => endAttempt(ground, end.attempt, end.answer, end.lives))
    } catch (error) {
      healing.later()
      return AppError.from(error)
    }
    unwritten.delete(id)
    tell(id)
    return null
  }

  function tell(id: string): void {
    changed(id)
    healing.soon()
  }

  /** What just came, also if it is so short-lived that it is due again; or what has taken its place meanwhile. */
  async function latest(id: string, { generation }: OpenAttempt): Promise<Access> {
    const kept = unwritten.get(id)?.token
    if (kept) return { kind: 'token', token: kept }
    const { row } = await look(id)
    if (!row) return { kind: 'missing' }
    return row.generation > generation && row.accessToken !== null ? handOut(row) : { kind: 'ended', status: statusOf(row) }
  }

  const healing = createHealing({
    database,
    timing,
    renew: id => renew(id, undefined),
    unwritten: () => unwritten.keys(),
    async sweep() {
      const found = await database.query(sql`select process_id, connection_id from refresh_attempts
        where state <> 'closed' and process_id <> ${own.id}`)
      for (const { process_id: owner, connection_id: id } of found) {
        await own.bury([String(owner)])
        if (await database.transaction(() => closeDead(options, String(id)))) changed(String(id))
      }
      return found.length > 0
    },
    report,
  })
  healing.soon()

  return {
    accessToken,
    /** Looks now at what waits to be renewed: once the sealer's key is there. */
    wake: () => healing.soon(),
    /** All that is held of a grant, without renewing. Null when there is nothing or it cannot be opened. */
    async held(id: string): Promise<{ accessToken: string | null; refreshToken: string | null; client: OAuthClient } | null> {
      const { row } = await look(id)
      return row && heldIn(row, await sealerOf(id))
    },
    /** What may be told of a grant. Null when there is none. */
    async status(id: string): Promise<TokenStatus | null> {
      const { row } = await look(id)
      return row && statusOf(row)
    },
    /** Begins nothing more. Waits a little for answers that are under way: lost, they could cost the user a new sign-in. */
    close: (): Promise<void> => (closed ??= close()),
  }

  async function close(): Promise<void> {
    closing.abort(new AppError('cancelled', 'Plugboard is closing.'))
    const ended = Promise.allSettled([...renewing.values(), healing.stop()]).then(() => true)
    const limit = new AbortController()
    const inTime = await Promise.race([ended, delay(timing.closeMs, false, { signal: limit.signal }).catch(() => false)])
    limit.abort()
    // With an exchange still under way the lock stays until the process is gone: nobody may take it for dead before.
    if (inTime && unwritten.size === 0) await own.end()
  }
}

const noLives: Lives = { accessLifeMs: null, refreshLifeMs: null, idleDays: null }

type Unwritten = { attempt: OpenAttempt; answer: RefreshAnswer; lives: Lives; token: HeldToken | null }
