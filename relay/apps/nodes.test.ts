import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { newSchema, postgresOfThisFile } from '../../host/store/each-database.fixture.ts'
import { openStore } from '../../host/store/store.ts'
import { until } from '../../core/until.fixture.ts'
import { ticket } from '../../host/store/store.fixture.ts'
import { openWork } from './work.ts'

const ticketsOfApp = 12
const base = String(Date.now())

/** A node as a process of its own, and what it has said. */
async function startNode(t: TestContext, url: string, folder: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'node.fixture.ts'), url, folder, base], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  createInterface({ input: child.stdout }).on('line', line => said.push(line))
  const end = async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await ended
  }
  t.after(end)
  await until(() => said.includes('ready') || child.exitCode !== null)
  const steps = () => said.filter(line => line.startsWith('step')).length
  return { child, said, steps, end }
}

/** Some apps in a database of their own, each with tickets that start a flow of three steps, and a schedule. */
async function openApps(t: TestContext, count: number) {
  const { url, postgres } = await postgresOfThisFile()
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-nodes-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const apps = Array.from({ length: count }, newSchema)
  const relay = postgres.engineFor('relay')
  const work = await openWork({ database: relay, report: () => {} })
  await relay.query(sql`delete from app_work`)

  async function addTickets(app: string, tickets: number): Promise<void> {
    const store = openStore(postgres.engineFor(app))
    await store.define([ticket])
    await store.records('Ticket').createMany(Array.from({ length: tickets }, (_, n) => ({ title: `Ticket ${n}` })))
    await store.close()
  }
  /** Of all apps, with the app. */
  async function rowsOf(query: ReturnType<typeof sql>) {
    const all = await Promise.all(apps.map(app => postgres.engineFor(app).query(query)))
    return all.flat()
  }
  const ran = () => (existsSync(join(folder, 'steps.txt')) ? readFileSync(join(folder, 'steps.txt'), 'utf8').trim().split('\n') : [])
  const timesRun = (step: string) => ran().filter(line => line === step).length
  return { apps, url, folder, postgres, work, addTickets, rowsOf, ran, timesRun }
}

const deskRuns = sql`select state, error from flow_runs where name = 'desk'`
const finished = sql`select r.id || '/' || s.n as step, s.finished_at as at from flow_steps s join flow_runs r on r.seq = s.run where s.state = 'succeeded'`
const moments = sql`select occurrence from flow_runs where name = 'tick'`

test(
  'nodes that are killed at any moment: the others finish their runs, no finished step is repeated, each moment fires once',
  {
    timeout: 120_000,
  },
  async t => {
    const { apps, url, folder, work, addTickets, rowsOf, timesRun } = await openApps(t, 4)
    // The first owner arms the triggers: only later tickets start runs.
    let nodes = [await startNode(t, url, folder), await startNode(t, url, folder)]
    for (const app of apps) await work.add(app)
    await until(async () => (await rowsOf(sql`select 1 from flow_triggers`).catch(() => [])).length === apps.length * 2)
    const adding = Promise.all(apps.map(app => addTickets(app, ticketsOfApp)))

    const seen = new Map<string, { times: number; at: unknown }>()
    let kills = 0
    const areDone = async () => {
      const runs = await rowsOf(deskRuns)
      return runs.length === apps.length * ticketsOfApp && runs.every(({ state }) => state === 'succeeded')
    }
    while (!(await areDone()) || kills < 4) {
      const [victim, other] = Math.random() < 0.5 ? nodes : [...nodes].reverse()
      assert.ok(victim && other)
      const goal = victim.steps() + 1 + Math.floor(Math.random() * 12)
      await until(async () => victim.steps() >= goal || (await areDone()))
      await victim.end()
      for (const { step, at } of await rowsOf(finished))
        if (!seen.has(String(step))) seen.set(String(step), { times: timesRun(String(step)), at })
      assert.ok(++kills < 40, 'the runs never come to an end')
      nodes = [other, await startNode(t, url, folder)]
    }
    await adding

    for (const { state, error } of await rowsOf(deskRuns)) assert.equal(state, 'succeeded', String(error))
    const after = new Map((await rowsOf(finished)).map(({ step, at }) => [String(step), at]))
    for (const [step, { times, at }] of seen) {
      assert.equal(timesRun(step), times, `finished step ${step} ran again`)
      assert.equal(after.get(step), at, `finished step ${step} was written again`)
    }
    const fired = (await rowsOf(moments)).map(({ occurrence }) => occurrence)
    assert.ok(fired.length >= apps.length, 'the schedules fired')
  },
)

test(
  'what a node runs when it is killed goes on with another within seconds, and the record of a third process starts a run there',
  {
    timeout: 60_000,
  },
  async t => {
    const { apps, url, folder, work, addTickets, rowsOf, postgres } = await openApps(t, 1)
    const [app = ''] = apps
    const first = await startNode(t, url, folder)
    await work.add(app)
    await until(async () => (await rowsOf(sql`select 1 from flow_triggers`).catch(() => [])).length === 2)
    const other = await startNode(t, url, folder)
    await addTickets(app, 40)
    await until(() => first.steps() > 5)
    assert.equal(other.steps(), 0, 'one node at a time runs an app')
    const killedAt = performance.now()
    await first.end()
    await until(() => other.steps() > 0)
    // A node is given up after 1 s here, and after 8 s on a relay.
    const tookMs = performance.now() - killedAt
    t.diagnostic(`taken over after ${Math.round(tookMs)} ms`)
    await until(async () => (await rowsOf(deskRuns)).filter(({ state }) => state === 'succeeded').length === 40)
    const [owner] = await postgres.engineFor(app).query(sql`select epoch from flow_owner`)
    assert.ok(Number(owner?.epoch) >= 2)
  },
)

test('a node that stood still and wakes up after another took over writes nothing any more', { timeout: 60_000 }, async t => {
  const { apps, url, folder, work, addTickets, rowsOf, ran } = await openApps(t, 1)
  const [app = ''] = apps
  const frozen = await startNode(t, url, folder)
  await work.add(app)
  await until(async () => (await rowsOf(sql`select 1 from flow_triggers`).catch(() => [])).length === 2)
  const other = await startNode(t, url, folder)
  await addTickets(app, 60)
  await until(() => frozen.steps() > 10)
  frozen.child.kill('SIGSTOP')
  await until(() => other.steps() > 10)
  const before = new Map((await rowsOf(finished)).map(({ step, at }) => [String(step), at]))
  const had = frozen.steps()
  frozen.child.kill('SIGCONT')
  await until(async () => (await rowsOf(deskRuns)).filter(({ state }) => state === 'succeeded').length === 60)
  await until(() => frozen.said.some(line => line.startsWith('conflict: Another node')))
  // Steps that it had in hand may have been begun by it; none of what it did later counts.
  assert.ok(frozen.steps() - had <= 4, `it began ${frozen.steps() - had} more steps`)
  const after = new Map((await rowsOf(finished)).map(({ step, at }) => [String(step), at]))
  for (const [step, at] of before) assert.equal(after.get(step), at, `${step} was written again`)
  for (const step of before.keys()) assert.ok(ran().filter(line => line === step).length <= 2)
})
