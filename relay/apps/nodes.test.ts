import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
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
  const begun = () => said.flatMap(line => /^step \S+ (.+)/.exec(line)?.[1] ?? [])
  const steps = () => begun().length
  /** Whether it has begun something of a run that is among these. */
  const runsOneOf = (runs: ReadonlySet<string>) => begun().some(step => runs.has(step.slice(0, step.lastIndexOf('/'))))
  return { child, said, steps, runsOneOf, end }
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

  const seen = new Map<string, { times: number; at: unknown }>()
  /** Remembers which steps have ended by now, and gives how many. */
  async function noteFinished(): Promise<number> {
    for (const { step, at } of await rowsOf(finished))
      if (!seen.has(String(step))) seen.set(String(step), { times: timesRun(String(step)), at })
    return seen.size
  }
  async function demandNoneAgain(): Promise<void> {
    const after = new Map((await rowsOf(finished)).map(({ step, at }) => [String(step), at]))
    for (const [step, { times, at }] of seen) {
      assert.equal(timesRun(step), times, `finished step ${step} ran again`)
      assert.equal(after.get(step), at, `finished step ${step} was written again`)
    }
  }
  return { apps, url, folder, postgres, work, addTickets, rowsOf, ran, noteFinished, demandNoneAgain }
}

const deskRuns = sql`select id, state, error from flow_runs where name = 'desk'`
const finished = sql`select r.id || '/' || s.n as step, s.finished_at as at from flow_steps s join flow_runs r on r.seq = s.run where s.state = 'succeeded'`
const moments = sql`select occurrence, count(*) as times from flow_runs where name = 'tick' group by occurrence`

test('nodes that are killed at any moment: the others finish their runs, no finished step is repeated, each moment fires once', async t => {
  const { apps, url, folder, work, addTickets, rowsOf, noteFinished, demandNoneAgain } = await openApps(t, 4)
  // The first owner arms the triggers: only later tickets start runs.
  let nodes = [await startNode(t, url, folder), await startNode(t, url, folder)]
  for (const app of apps) await work.add(app)
  await until(async () => (await rowsOf(sql`select 1 from flow_triggers`).catch(() => [])).length === apps.length * 2)
  let ofEach = 0
  async function addWork(): Promise<void> {
    const more = ofEach || ticketsOfApp
    ofEach += more
    await Promise.all(apps.map(app => addTickets(app, more)))
  }
  async function look() {
    const runs = await rowsOf(deskRuns)
    const open = new Set(runs.flatMap(({ id, state }) => (state === 'succeeded' ? [] : [String(id)])))
    return { atWork: nodes.filter(node => node.runsOneOf(open)), isDone: runs.length === apps.length * ofEach && open.size === 0 }
  }
  const isAtWork = async (node: (typeof nodes)[number]) => (await look()).atWork.includes(node)

  let adding: Promise<unknown> = addWork()
  let [kills, lives] = [0, 0]
  for (;;) {
    const { atWork, isDone } = await until(async () => {
      const found = await look()
      return (found.isDone || found.atWork.length > 0) && found
    })
    if (isDone && kills >= 4) break
    // A machine that was too fast for so many kills is given as much again.
    if (isDone) adding = Promise.all([adding, addWork()])
    const victim = atWork[Math.floor(Math.random() * atWork.length)]
    if (!victim) continue
    // Lives are counted in steps, short at first and longer later, so that the kills fall all over the work.
    const goal = victim.steps() + 1 + Math.floor(Math.random() * 12) + kills
    await until(async () => victim.steps() >= goal || !(await isAtWork(victim)))
    if (victim.steps() < goal) continue
    await victim.end()
    // One that left nothing to the others does not count.
    if (await isAtWork(victim)) kills++
    await noteFinished()
    assert.ok(++lives < 60, 'the runs never come to an end')
    nodes = [...nodes.filter(node => node !== victim), await startNode(t, url, folder)]
  }
  await adding

  for (const { state, error } of await rowsOf(deskRuns)) assert.equal(state, 'succeeded', String(error))
  await demandNoneAgain()
  const fired = await rowsOf(moments)
  assert.ok(fired.length >= apps.length, 'the schedules fired')
  for (const { occurrence, times } of fired) assert.equal(Number(times), 1, `${occurrence} fired again`)
})

test('what a node runs when it is killed goes on with another within seconds, and the record of a third process starts a run there', async t => {
  const { apps, url, folder, work, addTickets, rowsOf, postgres, noteFinished, demandNoneAgain } = await openApps(t, 1)
  const [app = ''] = apps
  const hold = join(folder, 'hold')
  await writeFile(hold, '')
  const first = await startNode(t, url, folder)
  await work.add(app)
  await until(async () => (await rowsOf(sql`select 1 from flow_triggers`).catch(() => [])).length === 2)
  const other = await startNode(t, url, folder)
  await addTickets(app, 40)
  await until(() => first.said.some(line => line.startsWith('step three')))
  assert.equal(other.steps(), 0, 'one node at a time runs an app')
  const killedAt = performance.now()
  await first.end()
  assert.ok((await noteFinished()) >= 2, 'it had ended steps of a run that it leaves')
  await rm(hold)
  await until(() => other.steps() > 0)
  // A node is given up after 2 s here, and after 8 s on a relay.
  const tookMs = performance.now() - killedAt
  t.diagnostic(`taken over after ${Math.round(tookMs)} ms`)
  await until(async () => (await rowsOf(deskRuns)).filter(({ state }) => state === 'succeeded').length === 40)
  await demandNoneAgain()
  const [owner] = await postgres.engineFor(app).query(sql`select epoch from flow_owner`)
  assert.ok(Number(owner?.epoch) >= 2)
})

test('a node that stood still and wakes up after another took over writes nothing any more', async t => {
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
