import { publishApp, signUp, entityFile, type AppVisitor, type Publisher } from '../relay/published/published.fixture.ts'
import { createBrowser } from '../relay/relay.fixture.ts'
import { openPublisher } from '../relay/releases/releases.fixture.ts'
import { startServer } from './child.ts'
import { load, type Target } from './load.ts'
import { percentile } from './percentile.ts'

const rounds = 5
const roundMs = 1000
const crowd = 20
const records = 100
const wakes = 100
const files = {
  ...entityFile('Ticket', { title: { type: 'string' } }),
  'functions/addOne/entry.ts': 'export default function addOne({ n }: { n: number }) { return { n: n + 1 } }',
}

/**
 * A published app against bare Hono that does the same, each a process of its own, in turns: its page, a list of 20 records of 100, and a
 * function, at 1 and at 20 connections. And how long the first answer of an app takes that slept.
 */
export async function run(): Promise<Record<string, number>> {
  return { ...(await compare()), ...(await wake()) }
}

async function open(...words: string[]) {
  const relay = await startServer('bench/published-relay.ts', ...words)
  const [url = '', setupUrl = ''] = relay.line.split(' ')
  const publisher = await openPublisher({ url, setupUrl, browser: () => createBrowser(url) })
  return { url, publisher, stop: relay.stop }
}

const publish = (publisher: Pick<Publisher, 'releases'>, appId: string) =>
  publishApp(publisher, { appId, name: appId, visibility: 'public', files })

async function compare(): Promise<Record<string, number>> {
  const { url, publisher, stop } = await open()
  const site = await publish(publisher, 'bench')
  const anna = await signUp(site, 'anna@example.com', 'Anna')
  for (let at = 0; at < records; at++) await demand(anna.post('entities/Ticket', { title: `Ticket ${at}` }))
  const pageBytes = (await (await anna.open()).text()).length
  const bare = await startServer('bench/bare-app.ts', String(pageBytes), String(records), 'Ticket')
  try {
    const barePort = Number(new URL(bare.line).port)
    const port = Number(new URL(url).port)
    const headers = { cookie: cookieOf(anna), origin: url, 'sec-fetch-site': 'same-origin' }
    const path = new URL(site).pathname
    const pairs: Record<string, { ours: Target; bare: Target }> = {
      page: { ours: { port, path: `${path}/`, method: 'GET', headers }, bare: { port: barePort, path: '/', method: 'GET' } },
      records: {
        ours: { port, path: `${path}/api/entities/Ticket?limit=20`, method: 'GET', headers },
        bare: { port: barePort, path: '/records', method: 'GET' },
      },
      function: {
        ours: { port, path: `${path}/api/functions/addOne`, headers, body: '{"n":1}' },
        bare: { port: barePort, path: '/add', body: '{"n":1}' },
      },
    }
    const found: Record<string, number> = {}
    for (const [name, pair] of Object.entries(pairs)) Object.assign(found, await inTurns(name, pair))
    return found
  } finally {
    await Promise.all([bare.stop(), stop()])
  }
}

/** Ratios are the median of the rounds' ratios, so that what else happens on the machine meets both. */
async function inTurns(name: string, { ours, bare }: { ours: Target; bare: Target }): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const connections of [1, crowd]) {
    for (const target of [ours, bare]) await load(target, { connections, ms: roundMs / 2 })
    const ratios: number[] = []
    const latencies: number[] = []
    const rates: number[] = []
    for (let round = 0; round < rounds; round++) {
      const mine = await load(ours, { connections, ms: roundMs })
      const theirs = await load(bare, { connections, ms: roundMs })
      ratios.push(mine.requestsPerSecond / theirs.requestsPerSecond)
      rates.push(mine.requestsPerSecond)
      latencies.push(...mine.latenciesMs)
    }
    const at = `${name}, ${connections} connection${connections > 1 ? 's' : ''}`
    found[`${at}: requests/s`] = percentile(rates, 50)
    found[`${at}: of bare Hono`] = percentile(ratios, 50)
    found[`${at}: ms p50`] = percentile(latencies, 50)
    found[`${at}: ms p99`] = percentile(latencies, 99)
  }
  return found
}

async function wake(): Promise<Record<string, number>> {
  const idleMs = 100
  const { publisher, stop } = await open(String(idleMs))
  try {
    const site = await publish(publisher, 'sleeper')
    const anna = await signUp(site, 'anna@example.com', 'Anna')
    const times: number[] = []
    for (let at = 0; at < wakes; at++) {
      // Longer than it takes to fall asleep, and to find that there is nothing to do.
      await new Promise(resolve => setTimeout(resolve, idleMs * 3))
      const started = performance.now()
      await demand(anna.get('entities/Ticket?limit=20'))
      times.push(performance.now() - started)
    }
    return {
      'first answer of a sleeping app ms p50': percentile(times, 50),
      'first answer of a sleeping app ms p99': percentile(times, 99),
    }
  } finally {
    await stop()
  }
}

async function demand(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`)
}

const cookieOf = ({ cookies }: AppVisitor): string => [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ')
