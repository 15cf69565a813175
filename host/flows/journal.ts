import { createHash } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Run, RunDetail, RunState } from '../../core/run.ts'
import type { Database, Query, Steps } from '../store/engine.ts'
import { rowStatement, statement } from '../store/statement.ts'
import type { Definition } from './definition.ts'
import { readRun, readStep, type RunRow, type StepRow } from './journal-rows.ts'
import { toShown } from './mask.ts'

export type NewRun = {
  /** Given before the run is stored: stored a second time, as after the answer to a commit was lost, it stays one run. */
  id: string
  kind: Run['kind']
  name: string
  cause: string
  trigger: Json
  definition: Definition | null
  stepsTotal: number
  depth: number
  /** The app's user whose own accounts it may use. */
  user: string | null
  occurrence?: string
  /** A run that is refused before it starts is recorded with the reason. */
  error?: AppError
}

/** `since`: those that ended from this time on (epoch ms). */
export type RunFilter = { kind?: Run['kind']; name?: string; state?: RunState; since?: number; limit?: number; cursor?: string }
export type Journal = ReturnType<typeof createJournal>

/** Why a run began that a request to its flow's address started. */
export const webhookCause = 'Webhook'
const keptDefinitions = 200

const noLock = sql``
const selectById = statement((id: string) => sql`select * from flow_runs where id = ${id}`)
const selectBySeq = statement((seq: number) => sql`select * from flow_runs where seq = ${seq}`)
const selectDue = statement(
  (now: number, limit: number) => sql`select * from flow_runs where wake_at <= ${now} order by wake_at, seq limit ${limit}`,
)
const selectSteps = statement((run: number) => sql`select * from flow_steps where run = ${run} order by n`)
const insertDefinition = statement(
  (hash: string, text: string) =>
    sql`insert into flow_definitions (hash, definition) values (${hash}, ${text}) on conflict (hash) do nothing`,
)
const insert = rowStatement(
  values =>
    sql`insert into flow_runs (${columnsOf(values)}) values (${sql.join(Object.values(values))}) on conflict do nothing returning *`,
)
const update = rowStatement<Partial<RunRow>, [number]>(
  (values, seq) =>
    sql`update flow_runs set ${sql.join(Object.entries(values).map(([column, value]) => sql`${sql.ref(column)} = ${value}`))} where seq = ${seq}`,
)
const putStep = rowStatement<StepRow, []>(values => {
  const changed = Object.keys(values).filter(column => column !== 'run' && column !== 'n')
  const changes = sql.join(changed.map(column => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`))
  return sql`insert into flow_steps (${columnsOf(values)}) values (${sql.join(Object.values(values))}) on conflict (run, n) do update set ${changes}`
})
const dropCarried = statement((run: number) => sql`update flow_steps set carry = null where run = ${run} and carry is not null`)

/** The runs and steps of an app, as steps of a transaction. What only reads may also be asked for by itself: see `ask`. */
export function createJournal({ appId, database, now }: { appId: string; database: Pick<Database, 'forUpdate'>; now: () => number }) {
  const { forUpdate } = database
  /** Those that were read: they are in the database, and they never change. */
  const definitions = new Map<string, Definition>()
  const toRun = (found: RunRow) => readRun(appId, found)

  /** The same definition is stored once, however many runs are pinned to it. */
  function* pin(definition: Definition): Steps<string> {
    const text = JSON.stringify(definition)
    const hash = createHash('sha256').update(text).digest('base64url')
    if (!definitions.has(hash)) yield insertDefinition(hash, text)
    return hash
  }

  function* find(id: string, lock: RawBuilder<unknown> = noLock): Steps<RunRow> {
    const found = yield* first(lock === noLock ? selectById(id) : sql`select * from flow_runs where id = ${id} ${lock}`)
    if (!found) throw new AppError('not_found', 'This run is no longer in the list. Reload the list of runs.')
    return found
  }

  function* updateRun(seq: number, values: Partial<RunRow>): Steps<void> {
    if (Object.keys(values).length === 0) return
    yield update(values, seq)
  }

  function* steps(run: number): Steps<StepRow[]> {
    return (yield selectSteps(run)) as StepRow[]
  }

  function* first(query: Query): Steps<RunRow | null> {
    return runRows(yield query)[0] ?? null
  }

  return {
    find: (id: string) => find(id),
    /** The run, which nobody else changes until the end of the transaction. */
    claim: (id: string) => find(id, forUpdate),
    findBySeq: (seq: number) => first(selectBySeq(seq)),
    *depthOf(id: string): Steps<number> {
      const [found] = yield sql`select depth from flow_runs where id = ${id}`
      return Number(found?.depth ?? 0)
    },
    /** Adds a run that is due now. Null when its occurrence has already had one. */
    *add({ id, kind, name, cause, trigger, definition, stepsTotal, depth, user, occurrence, error }: NewRun): Steps<RunRow | null> {
      const at = now()
      const state: RunState = error ? 'failed' : kind === 'flow' ? 'queued' : 'running'
      const pinned = definition && (yield* pin(definition))
      const about = { id, kind, name, cause, state, definition: pinned, trigger: JSON.stringify(trigger), app_user: user }
      const place = { occurrence: occurrence ?? null, depth, position: 0, steps_total: stepsTotal, wake_at: state === 'queued' ? at : null }
      const times = { created_at: at, started_at: state === 'running' ? at : null, finished_at: error ? at : null }
      const values = { ...about, ...place, ...times, error: error ? toError(error) : null }
      const added = yield* first(insert(values))
      return added ?? (yield* first(selectById(id)))
    },
    *definitionOf({ definition: hash }: RunRow): Steps<Definition> {
      const known = definitions.get(hash ?? '')
      if (known || hash === null) return known ?? []
      const [pinned] = yield sql`select definition from flow_definitions where hash = ${hash}`
      if (!pinned) return []
      const definition = JSON.parse(String(pinned.definition)) as Definition
      if (definitions.size >= keptDefinitions) definitions.clear()
      definitions.set(hash, definition)
      return definition
    },
    updateRun,
    steps,
    /** A step as it is now, whatever was stored of it. */
    *putStep(step: StepRow): Steps<void> {
      yield putStep(step)
    },
    /** After the end nothing needs the whole values any more. A failed run keeps them: it can be taken up again. */
    *dropCarried(run: number): Steps<void> {
      yield dropCarried(run)
    },
    /** Runs that may go on now, longest waiting first. */
    *due(limit: number): Steps<RunRow[]> {
      return runRows(yield selectDue(now(), limit))
    },
    /** Runs that were under way when the process ended. */
    *unfinished(): Steps<RunRow[]> {
      return runRows(yield sql`select * from flow_runs where state = 'running' and wake_at is null`)
    },
    /**
     * Runs of a user that wait until a person allows something, the oldest first; with null those of nobody. No other transaction changes
     * them until the end of this one.
     */
    *claimWaitingForPermission(user: string | null): Steps<RunRow[]> {
      const theirs = sql`waiting_for = 'permission' and app_user is not distinct from ${user}`
      return runRows(yield sql`select * from flow_runs where ${theirs} order by seq ${forUpdate}`)
    },
    /** The users for whom runs wait until a person allows something. */
    *waitingUsers(): Steps<string[]> {
      const rows = yield sql`select distinct app_user from flow_runs where waiting_for = 'permission' and app_user is not null`
      return rows.map(row => String(row['app_user']))
    },
    /** A run of a schedule that waits for a permission and has never begun a step. Claimed as well. */
    claimHeldUp: (name: string, user: string | null) =>
      first(sql`select * from flow_runs as r where waiting_for = 'permission' and name = ${name} and occurrence is not null and cause <> ${webhookCause}
        and app_user is not distinct from ${user}
        and not exists (select 1 from flow_steps as s where s.run = r.seq and s.attempt > 0) order by seq desc limit 1 ${forUpdate}`),
    /** A run that has not begun is from now on for a later moment, with the flow as it is now. */
    *moveTo(seq: number, { cause, trigger, definition, stepsTotal, occurrence }: NewRun): Steps<void> {
      const pinned = definition && (yield* pin(definition))
      const about = { cause, trigger: JSON.stringify(trigger), definition: pinned, occurrence: occurrence ?? null }
      yield sql`delete from flow_steps where run = ${seq}`
      yield* updateRun(seq, { ...about, position: 0, steps_total: stepsTotal })
    },
    /** The clock was set back: what should happen in an hour still happens in an hour. */
    *shiftWakes(byMs: number): Steps<void> {
      yield sql`update flow_runs set wake_at = wake_at + ${byMs} where wake_at is not null`
    },
    /** Keeps the newest runs. By number and not by age, so that a clock which jumps deletes nothing. */
    *prune(keep: number): Steps<void> {
      yield sql`delete from flow_runs where seq <= (select max(seq) from flow_runs) - ${keep} and state in ('succeeded', 'failed', 'cancelled')`
    },
    *list({ kind, name, state, since, limit = 50, cursor }: RunFilter): Steps<{ items: Run[]; nextCursor: string | null }> {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
      if (!Number.isSafeInteger(before)) throw new AppError('validation', 'This place in the list is not known. Reload the list of runs.')
      const filters = Object.entries({ kind, name, state }).filter(([, value]) => value !== undefined)
      const conditions = [
        sql`seq < ${before}`,
        ...filters.map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
        ...(since === undefined ? [] : [sql`finished_at >= ${since}`]),
      ]
      const found = runRows(
        yield sql`select * from flow_runs where ${sql.join(conditions, sql` and `)} order by seq desc limit ${limit + 1}`,
      )
      const last = found[limit - 1]
      return { items: found.slice(0, limit).map(toRun), nextCursor: found.length > limit && last ? String(last.seq) : null }
    },
    *last(name: string): Steps<Run | null> {
      const found = yield* first(sql`select * from flow_runs where kind = 'flow' and name = ${name} order by seq desc limit 1`)
      return found && toRun(found)
    },
    *ofOccurrence(occurrence: string): Steps<Run | null> {
      const found = yield* first(sql`select * from flow_runs where occurrence = ${occurrence}`)
      return found && toRun(found)
    },
    toRun,
    *detail(id: string): Steps<RunDetail> {
      const found = yield* find(id)
      return { ...toRun(found), steps: (yield* steps(found.seq)).map(step => readStep(id, step)) }
    },
  }
}

/** How many runs of an app failed since a time (epoch ms). The app has run before, so its tables are there. */
export function* failedSince(since: number): Steps<number> {
  const [found] = yield sql`select count(*) as n from flow_runs where state = 'failed' and finished_at >= ${since}`
  return Number(found?.['n'])
}

/** When a run may next go on by itself, or null. */
export function* nextWakeAt(): Steps<number | null> {
  const [found] = yield sql`select min(wake_at) as at from flow_runs where wake_at is not null`
  return found?.at === undefined || found.at === null ? null : Number(found.at)
}

/** Only for whole rows of `flow_runs`: their columns are what `RunRow` says. */
function runRows(rows: Record<string, unknown>[]): RunRow[] {
  return rows as RunRow[]
}

function columnsOf(values: object): RawBuilder<unknown> {
  return sql.join(Object.keys(values).map(column => sql.ref(column)))
}

/** A value as two columns: what is shown, and the whole when that differs. */
export function toOutput(value: Json): { output: string; carry: string | null } {
  const whole = JSON.stringify(value)
  const output = toShown(value)
  return { output, carry: output === whole ? null : whole }
}

export function toError(error: AppError): string {
  return JSON.stringify(error.toJSON())
}
