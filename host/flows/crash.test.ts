import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

type Finished = { step: string; finished_at: number }

/**
 * Runs the child until it has said `word` as often as `steps`, by default that it has begun so many steps, then ends it with SIGKILL within the time that a step takes. True when it got to the end by itself.
 * Lives are counted in steps, not in time: how fast the machine is does not decide whether the child dies at work.
 */
async function live(folder: string, steps: number, word = 'step', account = 'with'): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), folder, account], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let output = ''
  let dying = false
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (dying || output.split(`${word}\n`).length <= steps) return
    dying = true
    setTimeout(() => child.kill('SIGKILL'), Math.random() * 16)
  })
  child.on('close', () => resolve(output.includes('ended')))
  return promise
}

function finishedSteps(folder: string): Finished[] {
  const database = new DatabaseSync(join(folder, 'app.db'))
  const rows = database
    .prepare(
      "select r.id || '/' || s.n as step, s.finished_at from flow_steps s join flow_runs r on r.seq = s.run where s.state = 'succeeded'",
    )
    .all()
  database.close()
  return rows as Finished[]
}

const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
const timesRun = (folder: string, step: string) => lines(join(folder, 'steps.txt')).filter(line => line === step).length

test('kill -9 at any moment neither loses nor repeats a finished step, nor a trigger, nor a message', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-crash-'))
  const seen = new Map<string, { times: number; finished_at: number }>()
  let kills = 0
  // Each life is short at first and longer later, so that the kills fall all over the work.
  while (!(await live(folder, 1 + Math.floor(Math.random() * 6) + kills * 2))) {
    kills++
    for (const { step, finished_at } of finishedSteps(folder))
      if (!seen.has(step)) seen.set(step, { times: timesRun(folder, step), finished_at })
    assert.ok(kills < 40, 'the runs never come to an end')
  }
  assert.ok(kills >= 3, `killed ${kills} times`)
  const database = new DatabaseSync(join(folder, 'app.db'))
  const runs = database.prepare('select id, state, error from flow_runs').all()
  database.close()
  assert.equal(runs.length, 24, 'each ticket started one run')
  for (const run of runs) if (run.state !== 'succeeded') assert.match(String(run.error), /"conflict".*may have been done/)
  for (const [step, { times }] of seen) assert.equal(timesRun(folder, step), times, `finished step ${step} ran again`)
  const finished = finishedSteps(folder)
  for (const { step, finished_at } of finished) assert.equal(seen.get(step)?.finished_at ?? finished_at, finished_at)
  const succeeded = runs.filter(run => run.state === 'succeeded').length
  const interrupted = runs.length - succeeded
  assert.equal(finished.length, succeeded * 3 + interrupted)
  const posts = lines(join(folder, 'posts.txt')).length
  assert.ok(
    posts >= succeeded && posts <= runs.length,
    `${posts} messages for ${succeeded} runs that ended well and ${interrupted} that ask a person`,
  )
  await rm(folder, { recursive: true, force: true })
})

test('runs that wait for a permission outlive kill -9, and each goes on once when it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-crash-'))
  for (const waits of [1, 7, 24]) assert.equal(await live(folder, waits, 'waits', 'without'), false)
  const held = new DatabaseSync(join(folder, 'app.db'))
  const waiting = held.prepare('select seq, state, waiting_for, waiting_since, started_at from flow_runs order by seq').all()
  held.close()
  assert.equal(waiting.length, 24)
  for (const { state, waiting_for, started_at } of waiting)
    assert.deepEqual([state, waiting_for, started_at], ['waiting', 'permission', null])
  assert.deepEqual(lines(join(folder, 'steps.txt')), [], 'no step began')

  let kills = 0
  while (!(await live(folder, 2 + kills * 8))) assert.ok(++kills < 40, 'the runs never come to an end')
  assert.ok(kills >= 2, `killed ${kills} times`)
  const database = new DatabaseSync(join(folder, 'app.db'))
  const runs = database.prepare('select state, error from flow_runs').all()
  database.close()
  const succeeded = runs.filter(run => run.state === 'succeeded').length
  for (const run of runs) if (run.state !== 'succeeded') assert.match(String(run.error), /"conflict".*may have been done/)
  const posts = lines(join(folder, 'posts.txt')).length
  assert.ok(runs.length === 24 && posts >= succeeded && posts <= 24, `${posts} messages for ${succeeded} of ${runs.length} runs`)
  await rm(folder, { recursive: true, force: true })
})
