import { until } from '../../core/until.fixture.ts'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { implement, createRouterClient } from '@orpc/server'
import { z } from 'zod'
import { slackUser } from '../../connectors/providers/slack.ts'
import { catalogueOf } from '../../connectors/catalogue.ts'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import { action, connector, type Connector } from '../../core/connector.ts'
import { credentialsContract, type Credential } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { openDatabase } from '../store/database.ts'
import { sqliteEngine } from '../store/sqlite-engine.ts'
import { openActivity } from './activity.ts'
import { createBudgets, type Budgets } from './budgets.ts'
import type { Clock } from './clock.ts'
import { createGateway, type ActionRequest, type CredentialsClient } from './gateway.ts'

export const token = 'tok-3f9c1b7e5a2d4860'
const caller = { runId: null, stepId: null, by: { kind: 'function' as const, name: 'postTicket' } }

type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => unknown

/** A service on this machine that answers as it is told, and what it was asked. */
export async function startProvider(t: TestContext, answer: Answer) {
  const requests: { method: string; path: string; authorization: string; body: string }[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url: path = '', headers } = request
      const body = await text(request)
      requests.push({ method, path, authorization: headers.authorization ?? '', body })
      await answer(request, response, requests.length)
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return { origin: typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '', requests }
}

export const json = (response: ServerResponse, body: Json, status = 200, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const note = z.object({ id: z.string(), text: z.string() })

/** A small service of notes: one action of each kind, in the manner of the real connectors. */
export function notesConnector(origin: string): Connector {
  const send = async (fetcher: typeof fetch, method: string, body?: object, query = '') => {
    const response = await fetcher(`${origin}/note${query}`, { method, ...(body && { body: JSON.stringify(body) }) })
    if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status })
    return (await response.json()) as z.infer<typeof note>
  }
  const words = z.string().min(1)
  return connector({
    id: 'notes',
    name: 'Notes',
    provider: { ...slackUser, id: 'notes', name: 'Notes', apiOrigins: [origin] },
    category: 'Test',
    summary: 'Notes.',
    icon: '',
    scopes: { 'notes:read': 'Read your notes', 'notes:write': 'Change your notes' },
    identityScopes: [],
    identity: async () => ({ id: '1', label: 'mia@example.com' }),
    fields: { note: async call => [{ value: (await send(call.fetch, 'GET')).id, label: 'Note' }] },
    actions: {
      readNote: action({
        title: 'Read a note',
        does: 'Reads a note.',
        effect: 'read',
        idempotent: true,
        scopes: ['notes:read'],
        input: z.object({}),
        output: note,
        run: call => send(call.fetch, 'GET'),
      }),
      addNote: action({
        title: 'Add a note',
        does: 'Adds a note each time.',
        effect: 'write',
        idempotent: false,
        scopes: ['notes:write'],
        input: z.object({ text: words, author: z.object({ email: z.email() }).optional() }),
        output: note,
        run: (call, input) => send(call.fetch, 'POST', input),
      }),
      addKeyedNote: action({
        title: 'Add a note once',
        does: 'Adds a note, once for each key.',
        effect: 'write',
        idempotent: false,
        keyed: true,
        scopes: ['notes:write'],
        input: z.object({ text: words }),
        output: note,
        run: (call, input) => send(call.fetch, 'POST', input, `?key=${call.idempotencyKey}`),
      }),
      setNote: action({
        title: 'Set a note',
        does: 'Sets the note. Twice changes nothing more.',
        effect: 'write',
        idempotent: true,
        scopes: ['notes:write'],
        input: z.object({ text: words }),
        output: note,
        run: (call, input) => send(call.fetch, 'PUT', input),
      }),
    },
    prompts: [],
    explain(error) {
      const { status, message } = error as { status?: number; message: string }
      if (status === 401)
        return new AppError('unauthorized', 'Notes no longer accepts this connection.', { cause: error, details: message })
      if (status === 429)
        return new AppError('rate_limited', 'Notes asks to slow down. Try again later.', { cause: error, details: message })
      return status ? new AppError('unavailable', 'Notes has a problem right now.', { cause: error, details: message }) : null
    },
  })
}

type Asked = Parameters<CredentialsClient['accessToken']>[0]

export const credentialOf = (change: Partial<Credential> = {}): Credential => ({
  connectionId: 'conn-1',
  generation: 1,
  accessToken: token,
  expiresAt: null,
  scopesGranted: ['notes:read', 'notes:write'],
  account: null,
  mode: 'shared',
  facts: {},
  practiceOrigins: null,
  ...change,
})

/** Main's side of the credentials contract, with its checks of what goes in and out, and what it was asked. */
export function startCredentials(answer: (asked: Asked, nth: number) => Credential | Promise<Credential>) {
  const asked: Asked[] = []
  const os = implement(credentialsContract)
  const client: CredentialsClient = createRouterClient(
    os.router({
      accessToken: os.accessToken.handler(({ input }) => {
        asked.push(input)
        return answer(input, asked.length)
      }),
      accounts: os.accounts.handler(() => []),
      agreedUsers: os.agreedUsers.handler(() => []),
    }),
  )
  return { client, asked }
}

type Options = {
  connectors: Readonly<Record<string, Connector>>
  credential?: (asked: Asked, nth: number) => Credential | Promise<Credential>
  timeoutMs?: number
  budgets?: Budgets
  modeOf?: (connector: string) => ConnectionMode
  soleUser?: string
}

/** Time that stands still until the test moves it on. */
export function startClock() {
  let now = 1000
  let planned: { at: number; work: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    after(ms, work) {
      const plan = { at: now + ms, work }
      planned.push(plan)
      return () => void (planned = planned.filter(each => each !== plan))
    },
  }
  /** Milliseconds until the next thing that is planned; Infinity when there is none. */
  const waitMs = () => Math.min(...planned.map(({ at }) => at - now))
  async function nextWait(): Promise<number> {
    await until(() => planned.length > 0)
    return waitMs()
  }
  function advance(ms: number): void {
    const end = now + ms
    for (;;) {
      const [next] = planned.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      now = Math.max(now, next.at)
      planned = planned.filter(each => each !== next)
      next.work()
    }
    now = end
  }
  return { now: () => now, waitMs, nextWait, advance, budgets: createBudgets({ clock }) }
}

/** A gateway over a database of its own. `call` is a function's call of an action. */
export async function openGateway(
  t: TestContext,
  { connectors, credential = () => credentialOf(), timeoutMs, budgets, modeOf, soleUser }: Options,
) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'))
  const database = openDatabase(join(folder, 'app.db'))
  const { client, asked } = startCredentials(credential)
  const reports: AppError[] = []
  const gateway = createGateway({
    appId: 'app',
    credentials: client,
    activity: await openActivity(sqliteEngine(database)),
    load: catalogueOf(connectors).load,
    timeoutMs,
    budgets,
    modeOf,
    soleUser,
    report: error => reports.push(error),
  })
  t.after(async () => {
    database.close()
    await rm(folder, { recursive: true, force: true })
  })
  const call = (name: string, input: Json = {}, more: Partial<ActionRequest> = {}) => {
    const [connectorId = '', actionId = ''] = name.split('.')
    return gateway.call({ connector: connectorId, action: actionId, input, caller, ...more })
  }
  return { gateway, call, asked, database, folder, reports }
}

/** The error that something ends with. */
export async function failure(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  )
  if (error instanceof AppError) return error
  throw error
}
