import { sql } from 'kysely'
import type { Flow } from '../../core/app/flow.ts'
import { AppError } from '../../core/errors.ts'
import { newestChange, readChanges, type Change } from '../store/changes.ts'
import { ask, type Database, type Row, type Steps } from '../store/engine.ts'
import type { ArmedFlow } from './armed-flow.ts'
import { refusalOf } from './condition.ts'
import type { Journal, NewRun } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import type { Persist } from './persist.ts'
import type { Jq } from './jq.ts'
import { causeOf, endless, maxDepth, newRun, triggerOf } from './new-run.ts'

const batch = 200

type Options = {
  database: Pick<Database, 'query'>
  journal: Journal
  jq: Jq
  now: () => number
  persist: Persist
  soleUser: string | undefined
  /** For whom a schedule runs. */
  usersOf: (name: string, flow: Flow) => Promise<readonly (string | null)[]>
  onAdded: (runs: RunRow[]) => void
}

/** Starts runs for changed records and for moments of schedules. What has been seen is stored in the commit that adds the runs. */
export function createTriggers({ database, journal, jq, now, persist, soleUser, usersOf, onAdded }: Options) {
  let armed: ArmedFlow[] = []
  let since = new Map<string, number>()
  let nextAt = new Map<string, number | null>()
  let cursor = 0
  let lastTick = now()
  let consuming: Promise<void> | null = null
  let again = false

  /** Tells what is switched on from here on. A flow that was not on before sees only later changes and moments. */
  async function use(flows: ArmedFlow[]): Promise<void> {
    const stored = await persist(() => arm(flows, now()))
    armed = flows
    cursor = stored.cursor
    since = new Map(stored.triggers.map(row => [String(row.flow), Number(row.since)]))
    nextAt = new Map(stored.triggers.map(row => [String(row.flow), numberOrNull(row.next_at)]))
  }

  /** Reads the changes that nobody has read. Calls while it works make it look once more. */
  function consume(): Promise<void> {
    again = true
    consuming ??= (async () => {
      try {
        while (again) {
          again = false
          while (await consumeBatch());
        }
      } finally {
        consuming = null
      }
    })()
    return consuming
  }

  async function consumeBatch(): Promise<boolean> {
    const changes = await readChanges(database, cursor, batch)
    const last = changes.at(-1)
    if (!last) return false
    const runs: NewRun[] = []
    for (const change of changes) {
      for (const one of armed) {
        if (one.kind === 'record' && listensTo(one, change)) runs.push(...(await runFor(one, change)))
      }
    }
    const added = await persist(function* () {
      yield* moveCursor(last.seq)
      const rows: (RunRow | null)[] = []
      for (const run of runs) rows.push(yield* journal.add(run))
      return rows
    })
    cursor = last.seq
    onAdded(added.filter(row => row !== null))
    return changes.length === batch
  }

  function listensTo(one: ArmedFlow & { kind: 'record' }, { entity, type, seq }: Change): boolean {
    return one.config.entity_name === entity && one.config.events.includes(type) && seq > (since.get(one.name) ?? Infinity)
  }

  async function runFor({ name, flow }: ArmedFlow, change: Change): Promise<NewRun[]> {
    const depth = await depthOf(change)
    const run = newRun(name, flow, { cause: causeOf(change), trigger: triggerOf(change), depth, user: change.by?.user ?? soleUser ?? null })
    if (depth > maxDepth) return [{ ...run, error: endless(flow.name, change.entity) }]
    const refused = await refusalOf(flow, run.trigger, jq, now())
    return refused === 'skip' ? [] : [refused ? { ...run, error: refused } : run]
  }

  /** A change made by a run is one step further down than that run. */
  async function depthOf({ by }: Change): Promise<number> {
    return by?.runId === undefined ? 0 : (await ask(database, journal.depthOf(by.runId))) + 1
  }

  /** Looks at the clock. Moments that passed unseen start one run; no moment starts two, whatever the clock does. */
  async function tick(): Promise<void> {
    const at = now()
    const setBackBy = lastTick - at
    lastTick = at
    const wasSetBack = setBackBy > 2000
    if (wasSetBack) await persist(() => journal.shiftWakes(-setBackBy))
    for (const one of armed) {
      if (one.kind !== 'schedule') continue
      const expected = nextAt.get(one.name) ?? null
      if (expected !== null && expected <= at) await fire(one, expected, at)
      else if (wasSetBack) await moveTo(one.name, expected, one.schedule.after(at))
    }
  }

  async function fire(one: ArmedFlow & { kind: 'schedule' }, expected: number, at: number): Promise<void> {
    const moment = new Date(one.schedule.atOrBefore(at) ?? expected).toISOString()
    const next = one.schedule.after(at)
    const trigger = { type: 'scheduled', data: { scheduled_for: moment, timezone: one.config.timezone } }
    const refused = await refusalOf(one.flow, trigger, jq, at)
    const users = refused === 'skip' ? [] : await usersOf(one.name, one.flow)
    const runs = users.map(user => {
      const occurrence = `${one.name}@${moment}${user === null ? '' : `@${user}`}`
      const run = { ...newRun(one.name, one.flow, { cause: 'Schedule', trigger, depth: 0, user }), occurrence }
      return refused instanceof AppError ? { ...run, error: refused } : run
    })
    const added = await persist(function* () {
      if (!(yield* moveMoment(one.name, expected, next))) return []
      const rows: (RunRow | null)[] = []
      for (const run of runs) rows.push(yield* addScheduled(run))
      return rows
    })
    nextAt.set(one.name, next)
    onAdded(added.filter(row => row !== null))
  }

  function* addScheduled(run: NewRun): Steps<RunRow | null> {
    const heldUp = run.error ? null : yield* journal.claimHeldUp(run.name, run.user)
    if (!heldUp) return yield* journal.add(run)
    // Moments that pass while a run may not begin are one run, as those that pass while Plugboard is closed.
    yield* journal.moveTo(heldUp.seq, { ...run, cause: 'Schedule, the latest time that passed while it waited' })
    return yield* journal.findBySeq(heldUp.seq)
  }

  async function moveTo(name: string, expected: number | null, next: number | null): Promise<void> {
    if (next === expected) return
    await persist(() => moveMoment(name, expected, next))
    nextAt.set(name, next)
  }

  return {
    use,
    consume,
    tick,
    /** Changes up to this number have been read. */
    readUpTo: () => cursor,
  }
}

function* arm(flows: readonly ArmedFlow[], at: number): Steps<{ cursor: number; triggers: Row[] }> {
  const known = new Map((yield* readTriggers()).map(row => [String(row.flow), row]))
  const [stored] = yield sql`select seq from flow_cursor`
  const newest = yield* newestChange()
  const cursor = stored ? Number(stored.seq) : newest
  // Changes that were read may have been dropped since.
  const start = Math.max(newest, cursor)
  for (const one of flows) {
    const before = known.get(one.name)
    known.delete(one.name)
    const next = one.kind === 'schedule' ? one.schedule.after(at) : null
    if (before?.spec === one.spec) {
      // The clock may have been set back while nobody looked. A moment that had its run does not get another.
      const expected = numberOrNull(before.next_at)
      if (next !== null && (expected === null || next < expected)) yield* moveMoment(one.name, expected, next)
      continue
    }
    yield sql`insert into flow_triggers (flow, spec, since, next_at) values (${one.name}, ${one.spec}, ${start}, ${next})
      on conflict (flow) do update set spec = excluded.spec, since = excluded.since, next_at = excluded.next_at`
  }
  for (const name of known.keys()) yield sql`delete from flow_triggers where flow = ${name}`
  if (!stored) yield* moveCursor(cursor)
  return { cursor, triggers: yield* readTriggers() }
}

function* readTriggers(): Steps<Row[]> {
  return yield sql`select * from flow_triggers`
}

function* moveCursor(seq: number): Steps<void> {
  yield sql`insert into flow_cursor (one, seq) values (1, ${seq}) on conflict (one) do update set seq = excluded.seq`
}

/** False when the flow's next moment is not the one that was expected: it has been seen to. */
function* moveMoment(flow: string, expected: number | null, next: number | null): Steps<boolean> {
  const moved =
    yield sql`update flow_triggers set next_at = ${next} where flow = ${flow} and next_at is not distinct from ${expected} returning flow`
  return moved.length > 0
}

/** When a flow's next moment comes, or null. */
export function* nextMoment(): Steps<number | null> {
  const [found] = yield sql`select min(next_at) as at from flow_triggers`
  return numberOrNull(found?.at)
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
