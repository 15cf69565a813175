import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { openFlows, type RunFunction } from '../host/flows/flows.ts'
import { createBundleCache } from '../host/functions/bundle-cache.ts'
import { createFunctions } from '../host/functions/functions.ts'
import { openDatabase } from '../host/store/database.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import { percentile } from './percentile.ts'
import { model } from './three-steps.ts'

const rounds = 7
const steps = 3
const runsOfRound = 150
const alone = 40

/**
 * Runs of three steps per second with the full journal, against a bare SQLite commit per step on the same disk. What a commit costs
 * swings from second to second, so both are measured by turns and the ratio is the median of the rounds' ratios.
 */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  try {
    const trivial = await measure(folder, 'trivial', async (_name, input) => input)
    const functions = await realFunctions(folder)
    const real = await measure(folder, 'real', functions.run)
    await functions.close()
    return { ...trivial, realFunctionRunsPerSecond: real.runsPerSecond, realFunctionRatioToBareCommits: real.ratioToBareCommits }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string, name: string, runFunction: RunFunction) {
  const database = openDatabase(join(folder, `${name}.db`))
  const report = (error: Error) => {
    throw error
  }
  const flows = await openFlows({
    appId: 'bench',
    database: sqliteEngine(database),
    model: () => model,
    runFunction,
    callAction: async () => null,
    accounts: async () => [],
    newestRecord: async () => null,
    report,
  })
  await flows.start()
  const bare = openBare(join(folder, `${name}-bare.db`))
  let left = 0
  let onEmpty: () => void = () => {}
  flows.onRun(run => {
    if (run.finishedAt !== null && --left === 0) onEmpty()
  })

  /** Runs per second of a pile of runs. */
  async function pile(count: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>()
    left = count
    onEmpty = resolve
    const started = performance.now()
    await Promise.all(Array.from({ length: count }, (_, n) => flows.runNow('three', { id: n, title: 'Printer is on fire' })))
    await promise
    return (count / (performance.now() - started)) * 1000
  }

  const bareRuns: number[] = []
  const busy: number[] = []
  const single: number[] = []
  const delays: number[] = []
  await pile(20)
  for (let round = 0; round < rounds; round++) {
    const before = bare.commitsPerSecond(runsOfRound) / steps
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    busy.push(await pile(runsOfRound))
    delay.disable()
    delays.push(delay.percentile(99) / 1e6)
    const after = bare.commitsPerSecond(runsOfRound) / steps
    bareRuns.push((before + after) / 2)
    let total = 0
    for (let n = 0; n < alone; n++) total += 1 / (await pile(1))
    single.push(alone / total)
  }
  await flows.close()
  database.close()
  bare.close()
  return {
    runsPerSecond: percentile(busy, 50),
    oneAtATimeRunsPerSecond: percentile(single, 50),
    bareCommitsPerSecond: percentile(bareRuns, 50) * steps,
    ratioToBareCommits: percentile(ratios(busy, bareRuns), 50),
    oneAtATimeRatioToBareCommits: percentile(ratios(single, bareRuns), 50),
    eventLoopP99Ms: percentile(delays, 50),
  }
}

function ratios(figures: number[], baseline: number[]): number[] {
  return figures.map((figure, index) => figure / (baseline[index] ?? Number.NaN))
}

/** One row and one commit per step: the least that any journal costs. */
function openBare(file: string) {
  const sqlite = new DatabaseSync(file)
  sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; create table step (run text, n integer, output text)')
  const insert = sqlite.prepare('insert into step values (?, ?, ?)')
  return {
    commitsPerSecond(count: number): number {
      const started = performance.now()
      for (let n = 0; n < count; n++) insert.run('0198f7a2-6f4e-7cc1-9d3a-3f1b2c4d5e6f', n, '{"id":1,"title":"Printer is on fire"}')
      return (count / (performance.now() - started)) * 1000
    },
    close: () => sqlite.close(),
  }
}

async function realFunctions(folder: string) {
  for (const { file } of model.functions) {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), 'export default async function step(input: unknown) {\n  return input\n}\n')
  }
  return createFunctions({
    root: folder,
    model: () => model,
    bundles: createBundleCache(folder),
    bridge: {
      callAction: async () => null,
      records: () => {
        throw new Error('These functions use no records.')
      },
    },
  })
}
