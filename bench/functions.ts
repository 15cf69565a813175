import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunction, type Bundle } from '../host/functions/bundle.ts'
import { loadFunction } from '../host/functions/function-process.ts'
import { startSandbox, type SandboxProcess } from '../host/functions/sandbox/process.ts'
import { createWatchdog } from '../host/functions/watchdog.ts'
import { startServer } from './child.ts'
import { load, type Target } from './load.ts'
import { percentile } from './percentile.ts'

const memoryMb = 200
const starts = 15
const warmCalls = 3000
const rounds = 7
const roundMs = 1200
const connections = 20
const body = '{"n":1}'
const source = 'export default function addOne({ n }: { n: number }) { return { n: n + 1 } }'

/**
 * How long a function takes: cold (start of its process, load, call), with a process that was waiting, and warm; and over HTTP behind
 * the host against a bare Node server that does the same. The two servers are processes of their own and take turns in each round, so
 * that what else happens on the machine meets both; ratios are the median of the rounds' ratios. Aim: ratio ≥ 0.15, warm ≤ 1 ms over bare.
 */
export async function run(): Promise<Record<string, number>> {
  const root = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  try {
    await mkdir(join(root, 'functions/addOne'), { recursive: true })
    await writeFile(join(root, 'config.jsonc'), '{ "name": "Bench" }')
    await writeFile(join(root, 'functions/addOne/entry.ts'), source)
    return { ...(await measureProcesses(root)), ...(await measureHttp(root)) }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function measureProcesses(root: string): Promise<Record<string, number>> {
  const started = performance.now()
  const bundled = await bundleFunction(root, 'functions/addOne/entry.ts')
  const bundleMs = performance.now() - started
  if (!bundled.ok) throw new Error('The function does not compile.')
  const watchdog = createWatchdog()
  const cold: number[] = []
  const waiting: number[] = []
  const warm: number[] = []
  for (let round = 0; round < starts; round++) {
    cold.push(await timeOf(() => firstCall(bundled.bundle, startSandbox(memoryMb), watchdog)))
    const sandbox = startSandbox(memoryMb)
    await sandbox.ready
    waiting.push(await timeOf(() => firstCall(bundled.bundle, sandbox, watchdog)))
  }
  const kept = startKept(bundled.bundle, startSandbox(memoryMb), watchdog)
  for (let call = 0; call < warmCalls; call++) warm.push(await timeOf(() => kept.call({ n: call }, callOptions)))
  kept.kill()
  await kept.exited
  watchdog.close()
  return {
    'bundle ms': bundleMs,
    'cold ms p50': percentile(cold, 50),
    'cold ms p99': percentile(cold, 99),
    'pre-warmed ms p50': percentile(waiting, 50),
    'pre-warmed ms p99': percentile(waiting, 99),
    'warm ms p50': percentile(warm.slice(warmCalls / 10), 50),
    'warm ms p99': percentile(warm.slice(warmCalls / 10), 99),
  }
}

type Watchdog = ReturnType<typeof createWatchdog>
const callOptions = { timeoutMs: 60_000, answer: async () => null }
const startKept = (bundle: Bundle, sandbox: SandboxProcess, watchdog: Watchdog) =>
  loadFunction({ name: 'addOne', bundle, sandbox, memoryMb, watchdog })

async function firstCall(bundle: Bundle, sandbox: SandboxProcess, watchdog: Watchdog): Promise<void> {
  const loaded = startKept(bundle, sandbox, watchdog)
  await loaded.call({ n: 1 }, callOptions)
  loaded.kill()
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function measureHttp(root: string): Promise<Record<string, number>> {
  const bare = await startServer('bench/bare-server.ts')
  const host = await startServer('host/serve.ts', root)
  const [, port = '', path = '', token = ''] = /127\.0\.0\.1:(\d+)(\/\S*) .* (\S+)$/.exec(host.line) ?? []
  const targets = {
    bare: { port: Number(new URL(bare.line).port), path: '/', body },
    host: { port: Number(port), path: `${path}/functions/addOne`, headers: { authorization: `Bearer ${token}` }, body },
  } satisfies Record<string, Target>
  try {
    for (const target of Object.values(targets)) await load(target, { connections, ms: roundMs })
    const found = {
      bare: { perSecond: [] as number[], p50: [] as number[] },
      host: { perSecond: [] as number[], p50: [] as number[], p99: [] as number[] },
    }
    for (let round = 0; round < rounds; round++) {
      found.bare.perSecond.push((await load(targets.bare, { connections, ms: roundMs })).requestsPerSecond)
      found.host.perSecond.push((await load(targets.host, { connections, ms: roundMs })).requestsPerSecond)
      found.bare.p50.push(percentile((await load(targets.bare, { connections: 1, ms: roundMs / 3 })).latenciesMs, 50))
      const alone = (await load(targets.host, { connections: 1, ms: roundMs / 3 })).latenciesMs
      found.host.p50.push(percentile(alone, 50))
      found.host.p99.push(percentile(alone, 99))
    }
    const median = (figures: number[]) => percentile(figures, 50)
    const each = (one: number[], other: number[], how: (a: number, b: number) => number) =>
      one.map((figure, index) => how(figure, other[index] ?? Number.NaN))
    return {
      'bare requests/s': median(found.bare.perSecond),
      'function requests/s': median(found.host.perSecond),
      'throughput ratio': median(each(found.host.perSecond, found.bare.perSecond, (a, b) => a / b)),
      'bare ms p50': median(found.bare.p50),
      'function over HTTP ms p50': median(found.host.p50),
      'function over HTTP ms p99': median(found.host.p99),
      'warm call over bare ms': median(each(found.host.p50, found.bare.p50, (a, b) => a - b)),
    }
  } finally {
    await Promise.all([bare.stop(), host.stop()])
  }
}
