import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { action, connector } from '../core/connector.ts'
import { slackUser } from '../connectors/providers/slack.ts'
import { createGateway } from '../host/gateway/gateway.ts'
import { openDatabase } from '../host/store/database.ts'
import { startServer } from './child.ts'
import { percentile } from './percentile.ts'

const calls = 2000
const left = 200

/**
 * What the gateway adds to a call with a token at hand: finding the account, scopes, limits and the activity line. A bare `fetch` of the
 * same answer and a call through the gateway take turns.
 */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const server = await startServer('bench/bare-server.ts')
  const database = openDatabase(join(folder, 'app.db'))
  try {
    const origin = server.line
    const gateway = createGateway({ appId: 'bench', database, connectors: { counter: counter(origin) }, credentials })
    const bare: number[] = []
    const through: number[] = []
    for (let n = 0; n < calls; n++) {
      bare.push(await timeOf(() => askBare(origin, n)))
      through.push(await timeOf(() => gateway.call({ connector: 'counter', action: 'add', input: { n }, caller })))
    }
    const added = through.map((ms, index) => ms - (bare[index] ?? 0)).slice(left)
    return {
      'bare fetch ms p50': percentile(bare.slice(left), 50),
      'bare fetch ms p99': percentile(bare.slice(left), 99),
      'gateway call ms p50': percentile(through.slice(left), 50),
      'gateway call ms p99': percentile(through.slice(left), 99),
      'overhead ms p50': percentile(added, 50),
      'overhead ms p99': percentile(added, 99),
    }
  } finally {
    await server.stop()
    database.close()
    await rm(folder, { recursive: true, force: true })
  }
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
