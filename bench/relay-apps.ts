import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadApp } from '../host/app/load.ts'
import { openFlows } from '../host/flows/flows.ts'
import { createBundleCache } from '../host/functions/bundle-cache.ts'
import type { CredentialsClient } from '../host/gateway/gateway.ts'
import { openDatabase } from '../host/store/database.ts'
import type { Engine } from '../host/store/engine.ts'
import { makeCluster } from '../host/store/postgres-cluster.fixture.ts'
import { openPostgres } from '../host/store/postgres.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import { writeRelease } from '../relay/apps/apps.fixture.ts'
import { createApps } from '../relay/apps/apps.ts'
import { openWork } from '../relay/apps/work.ts'
import { percentile } from './percentile.ts'
import { model } from './three-steps.ts'

const appsOfPile = 8
const runsOfApp = 40
const registered = 1000
const wakes = 100
const report = (error: Error) => process.stderr.write(`${error.message} ${String(error.cause)}\n`)

/** Runs of three steps per second, of several apps, by nodes that are processes of their own; then what sleeping apps cost. */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const cluster = await makeCluster({ fsync: true })
  const postgres = openPostgres(cluster.url)
  try {
    const files = join(folder, 'pile')
    await mkdir(files)
    const onSqlite = await pile(files, 'a', 1, name => open(join(files, `${name}.db`)))
    const inSchemas = (name: string) => ({ engine: postgres.engineFor(name), close: () => {} })
    const one = await pile(cluster.url, 'b', 1, inSchemas)
    const two = await pile(cluster.url, 'c', 2, inSchemas)
    const rates = { 'runs/s, SQLite': onSqlite, 'runs/s, Postgres, 1 node': one, 'runs/s, Postgres, 2 nodes': two }
    return { ...rates, ...(await sleepers(folder)) }
  } finally {
    await postgres.close()
    await cluster.remove()
    await rm(folder, { recursive: true, force: true })
  }
}

function open(file: string) {
  const database = openDatabase(file)
  return { engine: sqliteEngine(database), close: database.close }
}

/** Runs per second of a pile of runs that wait when the nodes begin. */
async function pile(
  place: string,
  prefix: string,
  nodes: number,
  openPlace: (name: string) => { engine: Engine; close(): void },
): Promise<number> {
  const relay = openPlace('relay')
  const work = await openWork({ database: relay.engine, report })
  const names = Array.from({ length: appsOfPile }, (_, n) => `app-${prefix}${n}`)
  for (const name of names) {
    const { engine, close } = openPlace(name)
    const flows = await openFlows({
      appId: name,
      database: engine,
      model: () => model,
      runFunction: async () => null,
      callAction: async () => null,
      accounts: async () => [],
      newestRecord: async () => null,
      report,
    })
    await Promise.all(Array.from({ length: runsOfApp }, (_, id) => flows.runNow('three', { id, title: 'Printer is on fire' })))
    await flows.close()
    close()
  }
  let ended = 0
  const all = Promise.withResolvers<void>()
  const children = await Promise.all(
    Array.from({ length: nodes }, async () => {
      const child = spawn(process.execPath, [resolve('bench/relay-node.ts'), place], { stdio: ['ignore', 'pipe', 'inherit'] })
      const { promise, resolve: isReady } = Promise.withResolvers<void>()
      child.stdout.on('data', (chunk: Buffer) => {
        const text = chunk.toString()
        if (text.includes('ready')) isReady()
        ended += text.split('.').length - 1
        if (ended === appsOfPile * runsOfApp) all.resolve()
      })
      await promise
      return child
    }),
  )
  const started = performance.now()
  for (const name of names) await work.add(name)
  await all.promise
  const rate = (ended / (performance.now() - started)) * 1000
  for (const child of children) child.kill('SIGKILL')
  relay.close()
  return rate
}

/** What a thousand apps cost that do nothing, and how long one takes to be there. */
async function sleepers(folder: string): Promise<Record<string, number>> {
  const release = join(folder, 'release')
  await writeRelease(release)
  const relay = open(join(folder, 'relay.db'))
  const work = await openWork({ database: relay.engine, report })
  const apps = await createApps({
    database: relay.engine,
    work,
    report,
    idleMs: 50,
    place: async appId => ({
      folder: release,
      model: await loadApp(appId, release),
      bundles: createBundleCache(release),
      credentials: { accounts: async () => [] } as unknown as CredentialsClient,
    }),
    async openDatabase(appId) {
      const { engine, close } = open(join(folder, `${appId}.db`))
      return { engine, close: async () => close() }
    },
  })
  const names = Array.from({ length: wakes }, (_, n) => `sleeper-${n}`)
  const touch = (name: string) => apps.use(name, app => app.store.records('Ticket').count())
  const allSleep = async () => {
    while (apps.awake() > 0) await pause(20)
  }
  await touch('first')
  await allSleep()
  const before = memoryMb()
  for (let n = 0; n < registered; n++) await work.add(`sleeper-${n}`, Date.now() + 3_600_000)
  await apps.start()
  await pause(1500)
  const idleMb = memoryMb() - before
  const first: number[] = []
  const again: number[] = []
  for (const times of [first, again]) {
    for (const name of names) {
      const started = performance.now()
      await touch(name)
      times.push(performance.now() - started)
    }
    await allSleep()
  }
  await apps.close()
  relay.close()
  return {
    [`${registered} idle apps, MB`]: idleMb,
    'first wake ms p50': percentile(first, 50),
    'first wake ms p99': percentile(first, 99),
    'wake ms p50': percentile(again, 50),
    'wake ms p99': percentile(again, 99),
  }
}

function memoryMb(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 2 ** 20
}
