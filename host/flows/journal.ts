import { createHash, randomUUID } from 'node:crypto'
import type { SQLInputValue } from 'node:sqlite'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Run, RunDetail, RunState } from '../../core/run.ts'
import type { AppDatabase } from '../store/database.ts'
import type { Definition } from './definition.ts'
import { readRun, readStep, type RunRow, type StepRow } from './journal-rows.ts'
import { toShown } from './mask.ts'

// Times are epoch milliseconds. `output` of a step is what people see (masked, cut); `carry` is the whole value when that differs, kept
// while later steps may need it. `occurrence` names the scheduled moment a run is for: no moment starts a flow twice.
const tables = `
create table flow_definitions (hash text primary key, definition text not null) strict, without rowid;
create table flow_runs (
  seq integer primary key autoincrement, id text not null unique, kind text not null, name text not null, cause text not null,
  state text not null, definition text, trigger text not null, occurrence text unique, depth integer not null, position integer,
  steps_done integer not null default 0, steps_total integer not null, wake_at integer, waiting_for text, error text,
  created_at integer not null, started_at integer, finished_at integer) strict;
create index flow_runs_due on flow_runs (wake_at, seq) where wake_at is not null;
create index flow_runs_by_name on flow_runs (kind, name, seq);
create table flow_steps (
  run integer not null references flow_runs (seq) on delete cascade, n integer not null, name text not null, title text not null,
  kind text not null, connector text, state text not null, attempt integer not null, tries integer not null, input text, output text,
  carry text, error text, logs text, started_at integer, finished_at integer, primary key (run, n)) strict, without rowid;
`

const permissionTables = `
alter table flow_runs add column waiting_since integer;
update flow_runs set waiting_for = 'permission' where waiting_for = 'connection';
update flow_runs set waiting_since = coalesce(started_at, created_at) where waiting_for is not null;
create index flow_runs_permission on flow_runs (seq) where waiting_for = 'permission';
`

export type NewRun = {
  kind: Run['kind']
  name: string
  cause: string
  trigger: Json
  definition: Definition | null
  stepsTotal: number
  depth: number
  occurrence?: string
  /** A run that is refused before it starts is recorded with the reason. */
  error?: AppError
}

export type RunFilter = { kind?: Run['kind']; name?: string; state?: RunState; limit?: number; cursor?: string }
type Values<Row> = { [Key in keyof Row]?: Row[Key] }
export type Journal = ReturnType<typeof createJournal>

/** The runs and steps of an app, in its database. Nothing here waits: callers put writes into a transaction. */
export function createJournal({ appId, database, now }: { appId: string; database: AppDatabase; now: () => number }) {
  database.migrate('flows', tables)
  database.migrate('flows-permission', permissionTables)
  const { sqlite } = database
  const statements = new Map<string, ReturnType<typeof sqlite.prepare>>()
  const prepare = (sql: string) => {
    const known = statements.get(sql) ?? sqlite.prepare(sql)
    statements.set(sql, known)
    return known
  }
  const rows = <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as Row[]
  const row = <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).get(...values) as Row | undefined
  const change = (sql: string, ...values: SQLInputValue[]) => Number(prepare(sql).run(...values).changes)
  const set = (values: object) => Object.keys(values).map(column => `${column} = ?`)
  const toRun = (found: RunRow) => readRun(appId, found)

  /** The same definition is stored once, however many runs are pinned to it. */
  function pin(definition: Definition): string {
    const text = JSON.stringify(definition)
    const hash = createHash('sha256').update(text).digest('base64url')
    change('insert into flow_definitions (hash, definition) values (?, ?) on conflict do nothing', hash, text)
    return hash
  }

  function find(id: string): RunRow {
    const found = row<RunRow>('select * from flow_runs where id = ?', id)
    if (!found) throw new AppError('not_found', 'This run is no longer in the list. Reload the list of runs.')
    return found
  }

  function updateRun(seq: number, values: Values<RunRow>): void {
    if (Object.keys(values).length === 0) return
    change(`update flow_runs set ${set(values).join(', ')} where seq = ?`, ...Object.values(values), seq)
  }

  return {
    find,
    findBySeq: (seq: number) => row<RunRow>('select * from flow_runs where seq = ?', seq),
    depthOf: (id: string) => row<{ depth: number }>('select depth from flow_runs where id = ?', id)?.depth ?? 0,
    /** Adds a run that is due now. Null when its occurrence has already had one. */
    add({ kind, name, cause, trigger, definition, stepsTotal, depth, occurrence, error }: NewRun): RunRow | null {
      const at = now()
      const state: RunState = error ? 'failed' : kind === 'flow' ? 'queued' : 'running'
      const about = {
        id: randomUUID(),
        kind,
        name,
        cause,
        state,
        definition: definition && pin(definition),
        trigger: JSON.stringify(trigger),
      }
      const place = { occurrence: occurrence ?? null, depth, position: 0, steps_total: stepsTotal, wake_at: state === 'queued' ? at : null }
      const times = { created_at: at, started_at: state === 'running' ? at : null, finished_at: error ? at : null }
      const values = { ...about, ...place, ...times, error: error ? toError(error) : null }
      const added = row<RunRow>(
        `insert into flow_runs (${Object.keys(values).join(', ')}) values (${placeholders(values)}) on conflict (occurrence) do nothing returning *`,
        ...Object.values(values),
      )
      return added ?? null
    },
    definitionOf(found: RunRow): Definition {
      const pinned = row<{ definition: string }>('select definition from flow_definitions where hash = ?', found.definition)
      return pinned ? (JSON.parse(pinned.definition) as Definition) : []
    },
    updateRun,
    steps: (run: number) => rows<StepRow>('select * from flow_steps where run = ? order by n', run),
    startStep(step: StepRow): void {
      const columns = Object.keys(step)
      change(
        `insert or replace into flow_steps (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
        ...Object.values(step),
      )
    },
    updateStep(run: number, n: number, values: Values<StepRow>): void {
      change(`update flow_steps set ${set(values).join(', ')} where run = ? and n = ?`, ...Object.values(values), run, n)
    },
    /** After the end nothing needs the whole values any more. A failed run keeps them: it can be taken up again. */
    dropCarried(run: number): void {
      change('update flow_steps set carry = null where run = ? and carry is not null', run)
    },
    /** Runs that may go on now, longest waiting first. */
    due: (limit: number) => rows<RunRow>('select * from flow_runs where wake_at <= ? order by wake_at, seq limit ?', now(), limit),
    nextWakeAt: () => row<{ at: number | null }>('select min(wake_at) as at from flow_runs where wake_at is not null')?.at ?? null,
    /** Runs that were under way when the process ended. */
    unfinished: () => rows<RunRow>("select * from flow_runs where state = 'running' and wake_at is null"),
    /** Runs that wait until a person allows something, the oldest first. */
    waitingForPermission: () => rows<RunRow>("select * from flow_runs where waiting_for = 'permission' order by seq"),
    /** A run of a schedule that waits for a permission and has never begun a step. */
    heldUp: (name: string) =>
      row<RunRow>(
        `select * from flow_runs as r where waiting_for = 'permission' and name = ? and occurrence is not null
          and not exists (select 1 from flow_steps as s where s.run = r.seq and s.attempt > 0) order by seq desc limit 1`,
        name,
      ),
    /** A run that has not begun is from now on for a later moment, with the flow as it is now. */
    moveTo(seq: number, { cause, trigger, definition, stepsTotal, occurrence }: NewRun): void {
      const about = { cause, trigger: JSON.stringify(trigger), definition: definition && pin(definition), occurrence: occurrence ?? null }
      change('delete from flow_steps where run = ?', seq)
      updateRun(seq, { ...about, position: 0, steps_total: stepsTotal })
    },
    /** The clock was set back: what should happen in an hour still happens in an hour. */
    shiftWakes: (byMs: number) => change('update flow_runs set wake_at = wake_at + ? where wake_at is not null', byMs),
    /** Keeps the newest runs. By number and not by age, so that a clock which jumps deletes nothing. */
    prune(keep: number): void {
      change(
        "delete from flow_runs where seq <= (select max(seq) from flow_runs) - ? and state in ('succeeded', 'failed', 'cancelled')",
        keep,
      )
    },
    list({ kind, name, state, limit = 50, cursor }: RunFilter): { items: Run[]; nextCursor: string | null } {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
      if (!Number.isSafeInteger(before)) throw new AppError('validation', 'This place in the list is not known. Reload the list of runs.')
      const filters = Object.entries({ kind, name, state }).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const found = rows<RunRow>(
        `select * from flow_runs where seq < ?${filters.map(([column]) => ` and ${column} = ?`).join('')} order by seq desc limit ?`,
        before,
        ...filters.map(([, value]) => value),
        limit + 1,
      )
      const last = found[limit - 1]
      return { items: found.slice(0, limit).map(toRun), nextCursor: found.length > limit && last ? String(last.seq) : null }
    },
    last: (name: string): Run | null => {
      const found = row<RunRow>("select * from flow_runs where kind = 'flow' and name = ? order by seq desc limit 1", name)
      return found ? toRun(found) : null
    },
    toRun,
    detail(id: string): RunDetail {
      const found = find(id)
      const steps = rows<StepRow>('select * from flow_steps where run = ? order by n', found.seq)
      return { ...toRun(found), steps: steps.map(step => readStep(id, step)) }
    },
  }
}

function placeholders(values: object): string {
  return Object.keys(values)
    .map(() => '?')
    .join(', ')
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
