import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import { ask, type Database, type Steps } from '../../host/store/engine.ts'
import { createNodes } from './nodes.ts'

/** The right to run one app's flows. */
export type Turn = {
  appId: string
  /** Higher than that of everyone who had the right before. */
  epoch: number
  /** The right is gone, or this process is about to end: nothing more may be begun. */
  signal: AbortSignal
}

export type Worker = {
  /** Runs the app's flows until they have nothing to do for a while, or until the turn's signal. */
  run(turn: Turn): Promise<void>
  /** When there is next something to do, in epoch milliseconds, or null. Asked for after `run`. */
  nextAt(appId: string): Promise<number | null>
}

/** Which apps have something to do, and that each is seen to by one process at a time. */
export type Work = {
  /** The app has something to do now, or at `at` (epoch milliseconds). Whoever gets to it first does it. */
  add(appId: string, at?: number): Promise<void>
  /** The same within a transaction, whose end `noted` is told. */
  note(appId: string): Steps<void>
  noted(): void
  /** Of each app that ever had work: whether a process runs its flows now, and when there is next something to do. */
  states(): Promise<Map<string, { isRun: boolean; dueAt: number | null }>>
  /** Takes part in the work from now on. */
  start(worker: Worker): Promise<void>
  /** Ends the turns under way and gives them back. */
  stop(): Promise<void>
}

export type WorkOptions = {
  database: Database
  report: (error: AppError) => void
  now?: () => number
  /** How many apps this process runs the flows of at a time. */
  most?: number
  /** How often it looks for work, and says that it is alive. */
  beatMs?: number
  /** A process that has not said so for this long is taken for dead. */
  deadAfterMs?: number
}

/** So few are claimed at a time that processes which look together share what there is. */
const claimedAtOnce = 4

export async function openWork({
  database,
  report,
  now = Date.now,
  most = 200,
  beatMs = 1000,
  deadAfterMs = 8000,
}: WorkOptions): Promise<Work> {
  await database.migrate('app-work', () => tables(database))
  const turns = new Map<string, { controller: AbortController; done: Promise<void> }>()
  let worker: Worker | null = null
  let looking: Promise<void> | null = null
  let again = false
  let isStopped = false
  let isAway = false

  const nodes = createNodes({ database, beatMs, deadAfterMs, onDead: goOnFor, onLost: dropAll, onError: complain })
  const stopHearing = database.peers?.onWake(look) ?? (() => {})

  function complain(error: unknown): void {
    if (!isAway) report(AppError.from(error))
    isAway = true
  }

  function dropAll(): void {
    for (const { controller } of turns.values()) controller.abort()
  }

  function look(): void {
    again = true
    if (!worker || isStopped) return
    const by = worker
    looking ??= claimAll(by)
      .then(() => {
        // What was to be asked for meanwhile was said to nobody.
        if (isAway) void sweep(by).catch(complain)
        isAway = false
      }, complain)
      .finally(() => {
        looking = null
      })
  }

  /** What a dead process had is free, and what it was about to ask for is found where it was stored. */
  function goOnFor(): void {
    look()
    if (worker) void sweep(worker).catch(complain)
  }

  async function sweep(by: Worker): Promise<void> {
    // Without an epoch it has never run, and has nothing stored.
    for (const { app, due_at: dueAt } of await database.query(sql`select app, due_at from app_work where owner is null and epoch > 0`)) {
      if (isStopped) return
      const at = await by.nextAt(String(app)).catch((error: unknown) => {
        // It was taken down.
        if (AppError.from(error).code !== 'not_found') complain(error)
        return null
      })
      if (at !== null && (dueAt === null || at < Number(dueAt))) await add(String(app), at)
    }
  }

  async function add(appId: string, at = now()): Promise<void> {
    await database
      .transaction(() => askFor(appId, at))
      .catch((error: unknown) => {
        isAway = true
        throw error
      })
    noted()
  }

  function noted(): void {
    look()
    database.peers?.wake()
  }

  async function claimAll(by: Worker): Promise<void> {
    while (again && mayClaim()) {
      again = false
      const node = nodes.self()
      const due = await ask(
        database,
        dueApps({ now: now(), node, held: [...turns.keys()], limit: Math.min(claimedAtOnce, most - turns.size) }),
      )
      for (const { app, epoch } of due) {
        if (turns.has(app) || !mayClaim()) continue
        if (await database.transaction(() => claim(app, epoch, node))) begin(by, app, epoch + 1)
      }
      if (due.length === claimedAtOnce) again = true
    }
  }

  const mayClaim = () => !isStopped && turns.size < most

  function begin(by: Worker, appId: string, epoch: number): void {
    const controller = new AbortController()
    const done = take(by, { appId, epoch, signal: controller.signal })
      .catch(complain)
      .finally(() => {
        turns.delete(appId)
        look()
      })
    turns.set(appId, { controller, done })
  }

  async function take(by: Worker, turn: Turn): Promise<void> {
    const { appId, epoch } = turn
    let at: number | null
    let wakes: number | null = null
    try {
      await by.run(turn)
      // What is asked for from here on is not in the answer of `nextAt`, and counts as due.
      wakes = await ask(database, wakesOf(appId))
      at = await by.nextAt(appId)
    } catch (error) {
      report(AppError.from(error))
      at = now() + beatMs
    }
    await database.transaction(() => giveBack({ appId, epoch, at, wakes, now: now() }))
  }

  return {
    add,
    note: appId => askFor(appId, now()),
    noted,
    async states() {
      const rows =
        await database.query(sql`select w.app, w.due_at, count(n.id) as runners from app_work w left join nodes n on n.id = w.owner
        group by w.app, w.due_at`)
      return new Map(
        rows.map(row => [
          String(row['app']),
          { isRun: Number(row['runners']) > 0, dueAt: row['due_at'] === null ? null : Number(row['due_at']) },
        ]),
      )
    },
    async start(by) {
      worker = by
      await nodes.start(look)
      goOnFor()
    },
    async stop() {
      isStopped = true
      stopHearing()
      await looking
      dropAll()
      await Promise.allSettled([...turns.values()].map(({ done }) => done))
      await nodes.stop()
    },
  }
}

/** `wakes` counts how often work was asked for; `owner` is a row of `nodes`, or one that was. An app that is run stays due: its owner may die. */
function* tables({ types: { text, integer, strict, byKey } }: Database): Steps<void> {
  yield sql`create table nodes (id ${text} primary key, beats ${integer} not null) ${byKey}`
  yield sql`create table app_work (app ${text} primary key, due_at ${integer}, owner ${text}, epoch ${integer} not null, wakes ${integer} not null) ${strict}`
  yield sql`create index app_work_due on app_work (due_at) where due_at is not null`
}

function* askFor(app: string, at: number): Steps<void> {
  yield sql`insert into app_work (app, due_at, epoch, wakes) values (${app}, ${at}, 0, 1) on conflict (app) do update
    set due_at = case when app_work.due_at <= excluded.due_at then app_work.due_at else excluded.due_at end, wakes = app_work.wakes + 1`
}

/**
 * What nobody has. An app that is this process's own without being among those that it runs is nobody's, too: the answer to its claim was
 * lost, or its turn could not be given back, because the database went away.
 */
function* dueApps({ now, node, held, limit }: { now: number; node: string; held: readonly string[]; limit: number }): Steps<Due[]> {
  const mine = held.length > 0 ? sql`owner = ${node} and app not in (${sql.join(held)})` : sql`owner = ${node}`
  const rows = yield sql`select app, epoch from app_work where due_at <= ${now}
    and (owner is null or (${mine}) or not exists (select 1 from nodes where id = owner)) order by due_at limit ${limit}`
  return rows.map(({ app, epoch }) => ({ app: String(app), epoch: Number(epoch) }))
}

type Due = { app: string; epoch: number }

/** False when somebody else was first. */
function* claim(app: string, epoch: number, node: string): Steps<boolean> {
  const claimed = yield sql`update app_work set owner = ${node}, epoch = epoch + 1 where app = ${app} and epoch = ${epoch} returning app`
  return claimed.length > 0
}

function* wakesOf(app: string): Steps<number> {
  const [row] = yield sql`select wakes from app_work where app = ${app}`
  return Number(row?.wakes)
}

type Given = { appId: string; epoch: number; at: number | null; wakes: number | null; now: number }

function* giveBack({ appId, epoch, at, wakes, now }: Given): Steps<void> {
  const isMissed = wakes !== null && (yield* wakesOf(appId)) !== wakes
  const dueAt = isMissed ? Math.min(at ?? now, now) : at
  yield sql`update app_work set owner = null, due_at = ${dueAt} where app = ${appId} and epoch = ${epoch}`
}
