import { until } from '../../core/until.fixture.ts'
/** Arranges an app for the tests of flows: a real database and store, with functions that are plain callbacks. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appModel, type AppModel } from '../../core/app/model.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import type { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Run, RunDetail } from '../../core/run.ts'
import { openDatabase } from '../store/database.ts'
import { newSchema, postgresOfThisFile } from '../store/each-database.fixture.ts'
import type { Query } from '../store/engine.ts'
import { sqliteEngine } from '../store/sqlite-engine.ts'
import { openStore, type Author } from '../store/store.ts'
import { openFlows, type Flows, type FlowsOptions, type RunFunction } from './flows.ts'

type FunctionBody = (input: Json, options: Parameters<RunFunction>[2]) => Json | Promise<Json>
type FlowDraft = { do: unknown[]; trigger?: unknown; condition?: string; is_active?: boolean; title?: string }

/** A default account that may do what `scopesGranted` says. */
export const accountOf = (connector: string, scopesGranted: string[] = [], change: Partial<HeldAccount> = {}): HeldAccount => ({
  id: `${connector}-1`,
  connector,
  name: 'plugboard in Northwind',
  isDefault: true,
  state: 'connected',
  since: '2026-01-01T00:00:00.000Z',
  scopesGranted,
  ...change,
})

export const ticketCreated = { trigger_type: 'entity', entity_name: 'Ticket', events: ['create'] }
export const everyMorning = { trigger_type: 'scheduled', cron_expression: '0 9 * * *', timezone: 'Europe/Berlin' }

/** A step that calls the function of the same name, or `name` when given. */
export function callFunction(step: string, args?: Json, more: { name?: string; then?: string } = {}): Record<string, unknown> {
  const { name = step, ...rest } = more
  return { [step]: { call: 'invoke_backend_function', with: { function_name: name, ...(args === undefined ? {} : { args }) }, ...rest } }
}

export function callAction(step: string, connector: string, action: string, input: Json, connection?: string): Record<string, unknown> {
  return { [step]: { call: 'invoke_connector_action', with: { connector, action, input, ...(connection && { connection }) } } }
}

export function modelOf(
  flows: Record<string, FlowDraft>,
  functions: Record<string, { connector: string; action: string }[]> = {},
  own: readonly string[] = [],
): AppModel {
  const named = Object.entries(flows)
  const called = named.flatMap(([, flow]) =>
    [...JSON.stringify(flow.do).matchAll(/"function_name":"([^"]+)"/g)].map(([, name]) => name ?? ''),
  )
  const names = [...new Set([...called, ...Object.keys(functions)])].filter(name => name !== 'missing')
  const ticket = { name: 'Ticket', properties: { title: { type: 'string' }, status: { type: 'string' }, count: { type: 'number' } } }
  return appModel.parse({
    id: 'desk',
    path: '/desk',
    config: { name: 'Desk' },
    entities: [{ file: 'entities/Ticket.jsonc', entity: ticket }],
    functions: names.map(name => ({ name, file: `functions/${name}/entry.ts`, config: {}, uses: functions[name] ?? [] })),
    flows: named.map(([name, draft]) => ({
      name,
      file: `workflows/${name}.jsonc`,
      flow: {
        name: draft.title ?? name,
        is_active: draft.is_active ?? true,
        trigger: { config: draft.trigger ?? { trigger_type: 'manual' }, ...(draft.condition && { condition: draft.condition }) },
        definition: { document: { dsl: '1.0.0', namespace: 'desk', name, version: '1.0' }, do: draft.do },
      },
    })),
    connectors: own.map(type => ({ file: `connectors/${type}.jsonc`, connector: { type, mode: 'app-user' } })),
    problems: [],
  })
}

let kind: 'SQLite' | 'Postgres' = 'SQLite'

/** Where the apps of this process are kept from now on. */
export function keepAppsOn(next: typeof kind): void {
  kind = next
}

/** The database of one app. It is opened again for each start. */
async function placeFor(folder: string) {
  if (kind === 'Postgres') {
    const { postgres } = await postgresOfThisFile()
    const schema = newSchema()
    return () => ({ engine: postgres.engineFor(schema), close: () => {} })
  }
  return () => {
    const file = openDatabase(join(folder, 'app.db'))
    return { engine: sqliteEngine(file), close: file.close }
  }
}

export type App = Awaited<ReturnType<typeof openApp>>

/** Opens a temporary app. `using` closes it. `clock.now` may be set to any time. */
export async function openApp(
  flows: Record<string, FlowDraft>,
  bodies: Record<string, FunctionBody> = {},
  options: Partial<FlowsOptions> & { functions?: Parameters<typeof modelOf>[1]; own?: readonly string[]; start?: boolean } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-flows-'))
  const clock = { now: Date.now() }
  let model = modelOf(flows, options.functions, options.own)
  const reports: AppError[] = []
  const runFunction: RunFunction = async (name, input, more) => (await bodies[name]?.(input, more)) ?? null
  const openPlace = await placeFor(folder)
  const open = async () => {
    const { engine, close } = openPlace()
    const store = openStore(engine)
    await store.define(model.entities.map(({ entity }) => entity))
    const opened = await openFlows({
      appId: 'desk',
      database: engine,
      model: () => model,
      runFunction,
      callAction: async () => null,
      accounts: async () => [],
      newestRecord: async entity => (await store.records(entity).list({ limit: 1 }))[0] ?? null,
      report: error => reports.push(error),
      retryDelaysMs: [5, 5],
      ...options,
    })
    store.onCommit(() => opened.wake())
    const closeAll = async () => {
      await opened.close()
      await store.close()
      close()
    }
    return { engine, store, flows: opened, close: closeAll }
  }
  let current = await open()
  if (options.start !== false) await current.flows.start()

  return {
    folder,
    clock,
    reports,
    get flows(): Flows {
      return current.flows
    },
    query: (query: Query) => current.engine.query(query),
    tickets: (author?: Author) => current.store.records('Ticket', author),
    async use(next: Record<string, FlowDraft>, functions?: Parameters<typeof modelOf>[1]) {
      model = modelOf(next, functions, options.own)
      await current.flows.modelChanged()
    },
    async runNow(name: string, data?: Json): Promise<RunDetail> {
      const { runId } = await current.flows.runNow(name, data)
      return ended(current.flows, runId)
    },
    runs: async () => (await current.flows.runs.list({ limit: 200 })).items.reverse(),
    /** Closes everything and opens it again on the same files, as a restart does. */
    async restart() {
      await current.close()
      current = await open()
      await current.flows.start()
    },
    async [Symbol.asyncDispose]() {
      await current.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until a run is in one of the states. */
export async function reaches(flows: Flows, runId: string, states: readonly Run['state'][]): Promise<RunDetail> {
  return until(
    async () => {
      const detail = await flows.runs.get(runId)
      return states.includes(detail.state) ? detail : null
    },
    `run in ${states.join(' or ')}`,
  )
}

export function ended(flows: Flows, runId: string): Promise<RunDetail> {
  return reaches(flows, runId, ['succeeded', 'failed', 'cancelled'])
}
