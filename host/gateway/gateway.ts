import { connectors } from '../../connectors/index.ts'
import { boundFetch } from '../../core/bound-fetch.ts'
import type { Activity } from '../../core/connection.ts'
import type { AnyAction, Call, Choice, Connector } from '../../core/connector.ts'
import type { Credential } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { AppDatabase } from '../store/database.ts'
import { openActivity } from './activity.ts'
import { limitAnswers } from './answer-limits.ts'
import { createCredentialCache, type CredentialsClient } from './credential-cache.ts'
import { explainFailure } from './explain-failure.ts'
import { waitWhenAsked } from './retry-after.ts'

export type { CredentialsClient } from './credential-cache.ts'

/** On whose behalf something runs, for the activity log and for keys of repeatable writes. */
export type Caller = {
  runId: string | null
  stepId: string | null
  by: { kind: 'flow' | 'function' | 'user'; name: string; runId?: string }
}

export type ActionRequest = {
  connector: string
  action: string
  input: Json
  /** Name of a connection; without it the app's default one. */
  connection?: string
  caller: Caller
  signal?: AbortSignal
  /** For services that recognise a repeated request. */
  idempotencyKey?: string
}

export type Gateway = ReturnType<typeof createGateway>

const callTimeoutMs = 30_000

/**
 * The one way out of an app. Picks the connection, checks scopes before anything is sent, adds the token, waits when the provider asks to,
 * has the token refreshed once when it is refused, and notes each call. Errors: not_found, validation, needs_connection, needs_scopes,
 * unauthorized, rate_limited, unavailable, timeout, cancelled, and what the connector explains.
 */
export function createGateway({ appId, credentials, database }: { appId: string; credentials: CredentialsClient; database: AppDatabase }) {
  const cache = createCredentialCache({ appId, credentials })
  const activity = openActivity(database)

  /** Does something with a credential; once more with a new one when the provider refuses the first. */
  async function withCredential<T>(
    connector: Connector,
    connection: string | undefined,
    work: (credential: Credential) => Promise<T>,
  ): Promise<T> {
    const credential = await cache.get(connector.id, connection)
    try {
      return await work(credential)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unauthorized') throw error
      return work(await cache.get(connector.id, connection, credential))
    }
  }

  async function perform<T>(
    connector: Connector,
    credential: Credential,
    options: { mayRepeat: boolean; signal?: AbortSignal },
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(callTimeoutMs)
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout
    const send = boundFetch({
      accessToken: credential.accessToken,
      apiOrigins: connector.provider.apiOrigins,
      practiceOrigins: credential.practiceOrigins,
    })
    const withSignal: typeof fetch = (input, init) =>
      send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal })
    const patient = waitWhenAsked(withSignal, { mayRepeat: options.mayRepeat, signal, deadline: performance.now() + callTimeoutMs })
    const call: Call = {
      fetch: limitAnswers(patient, connector.provider.name),
      account: credential.account,
      practice: credential.practiceOrigins !== null,
      signal,
    }
    try {
      return await untilAborted(work(call), signal)
    } catch (error) {
      throw explainFailure(error, { connector, credential, isCancelled: options.signal?.aborted ?? false, isTimeout: timeout.aborted })
    }
  }

  return {
    async call({ connector: connectorId, action: actionId, input, connection, caller, signal }: ActionRequest): Promise<Json> {
      const connector = findConnector(connectorId)
      const action = findAction(connector, actionId)
      const parsed = parseInput(connector, action, input)
      const at = new Date().toISOString()
      const started = performance.now()
      let connectionId: string | null = null
      const note = (errorCode: string | null) =>
        activity.add({
          at,
          connectionId,
          connector: connectorId,
          action: actionId,
          status: errorCode ? 'error' : 'ok',
          errorCode,
          durationMs: performance.now() - started,
          by: caller.by,
        })
      try {
        const output = await withCredential(connector, connection, credential => {
          connectionId = credential.connectionId
          checkScopes(connector, action, credential)
          return perform(connector, credential, { mayRepeat: action.effect === 'read' || action.idempotent, signal }, call =>
            action.run(call, parsed as never),
          )
        })
        const result = readOutput(connector, action, output)
        note(null)
        return result
      } catch (error) {
        const known = AppError.from(error)
        note(known.code)
        throw known
      }
    },
    /** Remote choices for a field of an action. */
    options(connectorId: string, field: string, query: string): Promise<Choice[]> {
      const connector = findConnector(connectorId)
      const options = connector.fields[field]
      if (!options) throw new AppError('not_found', `${connector.name} has no choices called “${field}”.`)
      return withCredential(connector, undefined, credential =>
        perform(connector, credential, { mayRepeat: true }, call => options(call, query)),
      )
    },
    activity: async (query: { connectionId?: string; limit?: number }): Promise<Activity[]> => activity.list(query),
    /** Connections have changed: the next call asks main again. */
    forget: () => cache.forget(),
  }
}

function findConnector(id: string): Connector {
  const connector = connectors[id]
  if (!connector) throw new AppError('not_found', `There is no tool called “${id}”. Choose one under Integrations.`)
  return connector
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
  throw new AppError(
    'validation',
    `${connector.name}, ${action.title}: ${field ? `${field}: ` : ''}${issue?.message ?? 'the input is not as expected'}.`.replace(
      /\.\.$/,
      '.',
    ),
    {
      cause: parsed.error,
    },
  )
}

/** What a provider promises and what it sends are not always the same: an answer of another shape says so, with the provider's name. */
function readOutput(connector: Connector, action: AnyAction, output: unknown): Json {
  const parsed = action.output.safeParse(output)
  if (!parsed.success)
    throw new AppError('unavailable', `${connector.provider.name} answered “${action.title}” in a form Plugboard does not know.`, {
      cause: parsed.error,
      details: parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    })
  return JSON.parse(JSON.stringify(parsed.data ?? null)) as Json
}

function checkScopes(connector: Connector, action: AnyAction, credential: Credential): void {
  const missing = action.scopes.filter(scope => !credential.scopesGranted.includes(scope))
  if (missing.length === 0) return
  const words = missing.map(scope => connector.scopes[scope] ?? scope).join('; ')
  throw new AppError('needs_scopes', `${connector.name} was not allowed to do this yet: ${words}. Allow it to go on.`, {
    action: { kind: 'grant', connectionId: credential.connectionId, scopes: missing },
  })
}

/** An action that does not heed its signal must not hold its caller. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
