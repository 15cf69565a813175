import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hookList, hookSecret } from '../core/contract/hooks.ts'
import { publishApp } from '../relay/published/published.fixture.ts'
import { createBrowser } from '../relay/relay.fixture.ts'
import { openPublisher, requestWith } from '../relay/releases/releases.fixture.ts'
import { startServer } from './child.ts'
import { percentile } from './percentile.ts'

const rounds = 5
const ofRound = 100
const wakes = 60
const body = JSON.stringify({ action: 'opened', issue: { title: 'A ticket', body: 'x'.repeat(2000) } })
const hooks = 4

/** One flow for each address: an address takes 600 requests a minute. */
const flow = (name: string) =>
  JSON.stringify({
    name,
    is_active: true,
    trigger: { config: { trigger_type: 'webhook', source: 'github' } },
    definition: {
      document: { dsl: '1.0.0', namespace: 'bench', name, version: '1.0.0' },
      do: [{ take: { call: 'invoke_backend_function', with: { function_name: 'take', args: '${ .trigger.data.issue }' } } }],
    },
  })
const files = {
  ...Object.fromEntries(Array.from({ length: hooks }, (_, n) => [`workflows/hook${n}.jsonc`, flow(`hook${n}`)])),
  'functions/take/entry.ts': 'export default function take({ title }: { title: string }) { return title }',
}

/**
 * The answer to a signed webhook of 2 kB, one after the other, while its app is awake and while it sleeps. Against bare Hono that checks the
 * same signature and stores the body in SQLite as safely, in turns.
 */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const bare = await startServer('bench/bare-app.ts', '0', '0', '', join(folder, 'bare.db'))
  try {
    return { ...(await awake(bare.line)), ...(await asleep()) }
  } finally {
    await bare.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

type Target = { url: string; secret: string }

async function openApp(idleMs?: number): Promise<{ targets: Target[]; stop: () => Promise<unknown> }> {
  const relay = await startServer('bench/published-relay.ts', ...(idleMs === undefined ? [] : [String(idleMs)]))
  const [url = '', setupUrl = ''] = relay.line.split(' ')
  const publisher = await openPublisher({ url, setupUrl, browser: () => createBrowser(url) })
  await publishApp(publisher, { appId: 'bench', name: 'bench', visibility: 'public', files })
  const request = requestWith(() => url, publisher.access)
  const found = hookList.parse(await (await request('/api/relay/apps/bench/hooks')).json())
  const targets = await Promise.all(
    found.map(async hook => {
      const { secret } = hookSecret.parse(await (await request(`/api/relay/apps/bench/hooks/${hook.name}/secret`)).json())
      return { url: hook.url, secret: secret ?? '' }
    }),
  )
  return { targets, stop: relay.stop }
}

let sent = 0

/** Ms until the whole answer is there. */
async function send({ url, secret }: Target): Promise<number> {
  sent += 1
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = { 'content-type': 'application/json', 'x-github-delivery': `d-${sent}`, 'x-hub-signature-256': `sha256=${signature}` }
  const started = performance.now()
  const response = await fetch(url, { method: 'POST', body, headers })
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`The answer was ${response.status}.`)
  return performance.now() - started
}

async function awake(bareUrl: string): Promise<Record<string, number>> {
  const { targets, stop } = await openApp()
  const bare: Target = { url: `${bareUrl}/hook`, secret: 'bench' }
  try {
    const ours: number[] = []
    const theirs: number[] = []
    const ratios: number[] = []
    for (let round = -1; round < rounds; round++) {
      const mine: number[] = []
      const other: number[] = []
      for (let n = 0; n < ofRound; n++) {
        mine.push(await send(targets[n % targets.length] ?? bare))
        other.push(await send(bare))
      }
      // The first one warms both up.
      if (round < 0) continue
      ours.push(...mine)
      theirs.push(...other)
      ratios.push(percentile(mine, 50) / percentile(other, 50))
    }
    return {
      'answer while the app is awake ms p50': percentile(ours, 50),
      'answer while the app is awake ms p99': percentile(ours, 99),
      'bare Hono ms p50': percentile(theirs, 50),
      'bare Hono ms p99': percentile(theirs, 99),
      'times the answer of bare Hono': percentile(ratios, 50),
    }
  } finally {
    await stop()
  }
}

async function asleep(): Promise<Record<string, number>> {
  const idleMs = 100
  const { targets, stop } = await openApp(idleMs)
  try {
    const times: number[] = []
    for (let n = 0; n < wakes; n++) {
      // Longer than it takes to run the flow, to fall asleep, and to find that there is nothing to do.
      await new Promise(resolve => setTimeout(resolve, idleMs * 4))
      times.push(await send(targets[n % targets.length] ?? { url: '', secret: '' }))
    }
    return {
      'answer while the app sleeps ms p50': percentile(times, 50),
      'answer while the app sleeps ms p99': percentile(times, 99),
    }
  } finally {
    await stop()
  }
}
