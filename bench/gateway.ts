import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { catalogueOf } from '../connectors/catalogue.ts'
import { action, connector } from '../core/connector.ts'
import { slackUser } from '../connectors/providers/slack.ts'
import { createGateway } from '../host/gateway/gateway.ts'
import type { RateLimits } from '../core/rate-limit.ts'
import { openDatabase } from '../host/store/database.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import { openActivity } from '../host/gateway/activity.ts'
import { startServer } from './child.ts'
import { percentile } from './percentile.ts'

const calls = 2000
const left = 200
/** As many as one connection may have under way at once are waiting for their answers then, the others for their turn. */
const manyCallers = 50

/**
 * What the gateway adds to a call with a token at hand: finding the account, scopes, the connection's budget and the activity line. A bare
 * `fetch` of the same answer and a call through the gateway take turns: one by one, and then fifty at once. “With limits” is a service
 * that counts: kinds, a pace for each value of a field, and headers that say what is left.
 */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const server = await startServer('bench/bare-server.ts')
  const database = openDatabase(join(folder, 'app.db'))
  try {
    const origin = server.line
    const tools = { counter: counter(origin), counted: { ...counter(origin), limits: everyLimit } }
    const gateway = createGateway({
      appId: 'bench',
      activity: await openActivity(sqliteEngine(database)),
      load: catalogueOf(tools).load,
      credentials,
    })
    const through = (connector: keyof typeof tools) => (n: number) => gateway.call({ connector, action: 'add', input: { n }, caller })
    const bare = (n: number) => askBare(origin, n)

    const alone = await inTurns({ bare, gateway: through('counter'), counted: through('counted') }, 1, calls)
    const together = await inTurns({ bare, gateway: through('counter'), counted: through('counted') }, manyCallers, calls / 20)
    return {
      'bare fetch ms p50': percentile(alone.bare, 50),
      'bare fetch ms p99': percentile(alone.bare, 99),
      'gateway call ms p50': percentile(alone.gateway, 50),
      'gateway call ms p99': percentile(alone.gateway, 99),
      ...overhead('overhead ms', alone.gateway, alone.bare),
      ...overhead('overhead with limits ms', alone.counted, alone.bare),
      'bare fetch, 50 callers, ms of each p50': percentile(together.bare, 50) / manyCallers,
      ...overhead('overhead, 50 callers, ms of each', together.gateway, together.bare, manyCallers),
      ...overhead('overhead with limits, 50 callers, ms of each', together.counted, together.bare, manyCallers),
    }
  } finally {
    await server.stop()
    database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const everyLimit: RateLimits = {
  kinds: /^\/(\w*)/,
  signals: [{ status: 403, body: /never/ }],
  paces: [{ path: /^\//, field: 'channel', gapMs: 0.001, burst: 1000 }],
}

type Way = (n: number) => Promise<unknown>

/** How long each round of `at once` calls took, in milliseconds, by way: the ways take turns, and the first rounds are left out. */
async function inTurns<Name extends string>(ways: Record<Name, Way>, atOnce: number, rounds: number): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[]
  const took = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const once = () => Promise.all(Array.from({ length: atOnce }, (_, n) => ways[name](round + n)))
      took[name].push(await timeOf(once))
    }
  }
  for (const name of names) took[name] = took[name].slice(rounds * (left / calls))
  return took
}

/** What each round took longer than the bare one beside it. */
function overhead(what: string, through: readonly number[], bare: readonly number[], atOnce = 1): Record<string, number> {
  const added = through.map((ms, index) => (ms - (bare[index] ?? 0)) / atOnce)
  return { [`${what} p50`]: percentile(added, 50), [`${what} p99`]: percentile(added, 99) }
}

const caller = { runId: null, stepId: null, by: { kind: 'function' as const, name: 'bench' } }
const credentials = {
  accessToken: async () => ({
    connectionId: 'bench',
    generation: 1,
    accessToken: 'token-of-the-bench',
    expiresAt: null,
    scopesGranted: ['count'],
    account: null,
    mode: 'shared' as const,
    facts: {},
    practiceOrigins: null,
  }),
  accounts: async () => [],
  agreedUsers: async () => [],
}

const answer = z.object({ n: z.number() })

const askBare = async (origin: string, n: number, send: typeof fetch = fetch) => {
  const response = await send(origin, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ n }) })
  return answer.parse(await response.json())
}

const counter = (origin: string) =>
  connector({
    id: 'counter',
    name: 'Counter',
    provider: { ...slackUser, id: 'counter', name: 'Counter', apiOrigins: [origin] },
    category: 'Bench',
    summary: 'Counts.',
    icon: '',
    scopes: { count: 'Count' },
    identityScopes: [],
    identity: async () => ({ id: '1', label: 'bench' }),
    fields: {},
    actions: {
      add: action({
        title: 'Add one',
        does: 'Adds one.',
        effect: 'read',
        idempotent: true,
        scopes: ['count'],
        input: answer,
        output: answer,
        run: (call, { n }) => askBare(origin, n, call.fetch),
      }),
    },
    prompts: [],
  })

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
