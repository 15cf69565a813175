import { loadConnector } from '../../connectors/load.ts'
import { apiOriginsOf } from '../../core/addresses.ts'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import { boundFetch } from '../../core/bound-fetch.ts'
import type { Activity } from '../../core/connection.ts'
import type { AnyAction, Call, Choice, Connector } from '../../core/connector.ts'
import type { Credential } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { missingScopes } from '../../core/scopes.ts'
import { withoutValues } from '../../core/secrets.ts'
import type { ActivityLog } from './activity.ts'
import { limitAnswers } from './answer-limits.ts'
import { createBudgets, type Budgets } from './budgets.ts'
import { countWrites, type Writes } from './count-writes.ts'
import { createCredentialCache, type CredentialsClient, type Wanted } from './credential-cache.ts'
import { explainFailure } from './explain-failure.ts'
import { sendPaced } from './paced-fetch.ts'
import { startTimeLimit, type TimeLimit } from './time-limit.ts'

export type { CredentialsClient } from './credential-cache.ts'

/**
 * On whose behalf something runs. `user` is the app's user, by id, whose own accounts it may use. `by` is for the activity log; with
 * `by.runId` a change of a record can be traced to the run that made it, and `by.email` is noted with what is created.
 */
export type Caller = {
  user?: string | null
  runId: string | null
  stepId: string | null
  by: { kind: 'flow' | 'function' | 'user'; name: string; runId?: string; email?: string }
}

export type ActionRequest = {
  connector: string
  action: string
  input: Json
  /** Name of a connection; without it the default one. */
  connection?: string
  caller: Caller
  signal?: AbortSignal
  /** For services that recognise a repeated request. */
  idempotencyKey?: string
}

export type Gateway = ReturnType<typeof createGateway>

type GatewayOptions = {
  appId: string
  credentials: CredentialsClient
  /** Whose account each connector is used with. */
  modeOf?: (connector: string) => ConnectionMode
  /** Whom a call is for that names nobody, where the app has but one user. */
  soleUser?: string
  activity: ActivityLog
  /** A tool with its code. Throws `not_found`. */
  load?: (id: string) => Promise<Connector>
  /** What connections may ask of their services, shared by all apps of this process. */
  budgets?: Budgets
  timeoutMs?: number
  /** Hears what keeps a line from being noted: the call itself stands. */
  report?: (error: AppError) => void
}

type Attempt = {
  action?: AnyAction
  wanted: Wanted
  caller: string
  idempotencyKey?: string
  limit: TimeLimit
  mayRepeat: boolean
  writes: Writes
}

/**
 * The one way out of an app. Picks the connection, checks scopes before anything is sent, adds the token, keeps to what the provider
 * allows at the time, has the token refreshed once when it is refused, and notes each call. Errors: not_found, validation, needs_connection, needs_scopes,
 * unauthorized, rate_limited, unavailable, timeout, cancelled, and what the connector explains; they tell when nothing was done.
 */
export function createGateway({
  appId,
  credentials,
  modeOf = () => 'shared',
  soleUser,
  activity,
  load = loadConnector,
  budgets = createBudgets(),
  timeoutMs = 30_000,
  report = () => {},
}: GatewayOptions) {
  const cache = createCredentialCache({ appId, credentials })

  /** Which credential a call may have. An own account without its user must not become somebody else's. */
  function wantedBy({ id, name }: Connector, { user = null, by }: Pick<Caller, 'user' | 'by'>, connection?: string): Wanted {
    if (modeOf(id) === 'shared') return { connector: id, connection }
    const own = user ?? soleUser
    if (own === undefined) throw needsUser(name)
    return { connector: id, connection, user: own, ...(by.kind === 'flow' && { flow: by.name }) }
  }

  /** Main may take its time over it, but not beyond the call's limit. */
  async function credentialFor(connector: Connector, { wanted, limit }: Attempt, rejected?: Credential): Promise<Credential> {
    try {
      const credential = await limit.within(cache.get(wanted, rejected))
      if ((credential.mode === 'app-user') !== (wanted.user !== undefined)) throw new Error(`${connector.id}: an account of another mode.`)
      return credential
    } catch (error) {
      throw limit.verdict(connector.provider.name, error) ?? error
    }
  }

  /** Does something with a credential; once more with a new one when the provider refuses the first. */
  async function withCredential<T>(
    connector: Connector,
    attempt: Attempt,
    work: (call: Call, credential: Credential) => Promise<T>,
  ): Promise<T> {
    const credential = await credentialFor(connector, attempt)
    try {
      return await perform(connector, credential, attempt, work)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unauthorized') throw error
      return perform(connector, await credentialFor(connector, attempt, credential), attempt, work)
    }
  }

  async function perform<T>(
    connector: Connector,
    credential: Credential,
    { action, caller, idempotencyKey, limit, mayRepeat, writes }: Attempt,
    work: (call: Call, credential: Credential) => Promise<T>,
  ): Promise<T> {
    const { provider } = connector
    const { accessToken, practiceOrigins, account, facts } = credential
    // What a stand-in on this machine refuses counts, what the real service would like does not.
    const limits = practiceOrigins ? { ...connector.limits, paces: [] } : (connector.limits ?? {})
    const send = boundFetch({ accessToken, apiOrigins: apiOriginsOf(provider, facts), tokenHeader: provider.tokenHeader, practiceOrigins })
    const withSignal: typeof fetch = (input, init) =>
      send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit.signal]) : limit.signal })
    let tooLarge: AppError | undefined
    const bounded = limitAnswers(withSignal, provider.name, error => (tooLarge ??= error))
    const budget = budgets.of(credential.connectionId, limits, provider.name)
    const call: Call = {
      fetch: sendPaced(bounded, { budget, limits, caller, mayRepeat, writes, limit, clock: budgets.clock }),
      account,
      practice: practiceOrigins !== null,
      facts,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      signal: limit.signal,
    }
    try {
      const done = await limit.within(work(call, credential))
      if (tooLarge) throw tooLarge
      return done
    } catch (error) {
      const reason = limit.verdict(provider.name, error) ?? tooLarge ?? error
      throw explainFailure(reason, { connector, credential, scopes: action?.scopes ?? [] })
    }
  }

  return {
    async call(request: ActionRequest): Promise<Json> {
      const { connector: connectorId, action: actionId, input, connection, caller, signal, idempotencyKey } = request
      const connector = await load(connectorId)
      const action = findAction(connector, actionId)
      const parsed = parseInput(connector, action, input)
      const at = new Date().toISOString()
      const started = performance.now()
      let connectionId: string | null = null
      const note = async (errorCode: string | null) => {
        const status = errorCode ? 'error' : 'ok'
        const durationMs = performance.now() - started
        try {
          await activity.add({ at, connectionId, connector: connectorId, action: actionId, status, errorCode, durationMs, by: caller.by })
        } catch (error) {
          report(AppError.from(error))
        }
      }
      const limit = startTimeLimit(timeoutMs, budgets.clock, signal)
      const writes = countWrites()
      const attempt = {
        action,
        writes,
        caller: `${appId} ${caller.by.kind} ${caller.by.name}`,
        idempotencyKey,
        limit,
        mayRepeat: action.effect === 'read' || action.idempotent || (action.keyed === true && idempotencyKey !== undefined),
      }
      try {
        const wanted = wantedBy(connector, caller, connection)
        const result = await withCredential(connector, { ...attempt, wanted }, async (call, credential) => {
          connectionId = credential.connectionId
          checkScopes(connector, action, credential)
          return readOutput(connector, action, await action.run(call, parsed as never), credential)
        })
        await note(null)
        return result
      } catch (error) {
        const known = AppError.from(error)
        await note(known.code)
        throw writes.verdict(known)
      } finally {
        limit.clear()
      }
    },
    /** Remote choices for a field of an action. */
    async options(connectorId: string, field: string, query: string): Promise<Choice[]> {
      const connector = await load(connectorId)
      const options = Object.hasOwn(connector.fields, field) ? connector.fields[field] : undefined
      if (!options) throw new AppError('not_found', `${connector.name} has no choices called “${field}”.`)
      const limit = startTimeLimit(timeoutMs, budgets.clock)
      try {
        const caller = { by: { kind: 'user' as const, name: 'form' } }
        const attempt = { wanted: wantedBy(connector, caller), caller: `${appId} form`, limit, mayRepeat: true, writes: countWrites() }
        return await withCredential(connector, attempt, call => options(call, query))
      } finally {
        limit.clear()
      }
    },
    activity: (query: { connectionId?: string; limit?: number }): Promise<Activity[]> => activity.list(query),
    /** Each call, once it is noted. */
    calls: activity.calls,
    /** Connections have changed: the next call asks main again. */
    forget: () => cache.forget(),
  }
}

/** Nobody's own account is used on behalf of nobody. */
function needsUser(name: string): AppError {
  return new AppError('needs_connection', `${name} is each user’s own account in this app, and no user of the app asked for this.`)
}

function findAction(connector: Connector, id: string): AnyAction {
  const action = Object.hasOwn(connector.actions, id) ? connector.actions[id] : undefined
  if (!action)
    throw new AppError('not_found', `${connector.name} has no action called “${id}”. It has: ${Object.keys(connector.actions).join(', ')}.`)
  return action
}

function parseInput(connector: Connector, action: AnyAction, input: Json): unknown {
  const parsed = action.input.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.')
  const wrong = (issue?.message ?? 'The input is not as expected').replace(/\.$/, '')
  throw new AppError('validation', `${connector.name}, ${action.title}: ${field ? `${field}: ` : ''}${wrong}.`, { cause: parsed.error })
}

/** What a provider promises and what it sends are not always the same: an answer of another shape says so, with the provider's name. */
function readOutput(connector: Connector, action: AnyAction, output: unknown, { accessToken }: Credential): Json {
  const parsed = action.output.safeParse(output)
  if (!parsed.success)
    throw new AppError('unavailable', `${connector.provider.name} answered “${action.title}” in a form Plugboard does not know.`, {
      cause: parsed.error,
      details: parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    })
  return JSON.parse(withoutValues(JSON.stringify(parsed.data ?? null), [accessToken])) as Json
}

function checkScopes(connector: Connector, action: AnyAction, credential: Credential): void {
  const missing = missingScopes(connector.provider, credential.scopesGranted, action.scopes)
  if (missing.length === 0) return
  const words = missing.map(scope => connector.scopes[scope] ?? scope).join('; ')
  throw new AppError('needs_scopes', `${connector.name} was not allowed to do this yet: ${words}. Allow it to go on.`, {
    action: { kind: 'grant', connectionId: credential.connectionId, scopes: missing },
  })
}
