import { modeOf, needsOf, type Need } from '../../core/app/uses.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { Steps } from '../store/engine.ts'
import { stepsOf, type Step } from './definition.ts'
import { toError, type Journal } from './journal.ts'
import type { RunRow } from './journal-rows.ts'
import type { Persist } from './persist.ts'
import { lackOf, markOf, ownLackOf } from './lack.ts'

type Options = {
  journal: Journal
  model: () => AppModel
  /** The app's shared accounts, or those of one user. */
  load: (user: string | null) => Promise<HeldAccount[]>
  /** Whose accounts are known without asking for anyone's. */
  soleUser?: string
  persist: Persist
  now: () => number
  /** Runs that may go on now, or wait for something else. */
  onReviewed: (rows: RunRow[]) => void
}

/** The step that a service refused although all seemed granted, and the accounts as they were then. */
type Refusal = { error: AppError; mark: string }
type Place = Pick<RunRow, 'seq' | 'name' | 'position' | 'steps_done' | 'app_user'>

export type Permissions = ReturnType<typeof createPermissions>

/** Users whose accounts are remembered. What is forgotten is asked for again. */
const keptUsers = 500

/**
 * Knows the app's accounts, and by them which runs may go on. A run that lacks something is only a row; when the accounts change, those
 * whose lack is gone are put back into the queue, the oldest first, and the others are left alone. Neither a change of accounts nor a run
 * that begins to wait misses the other: the accounts are known before the waiting runs are read, and a run looks at them again once it waits.
 */
export function createPermissions({ journal, model, load, soleUser, persist, now, onReviewed }: Options) {
  /** By user; null stands for what is shared. */
  const known = new Map<string | null, readonly HeldAccount[]>()
  /** Counts changes: what was asked for before one and answered after it may be out of date. */
  let changes = 0
  let isStale = true
  let again = false
  let looking: Promise<void> | null = null
  /** By run. They need not outlive the process: a run is tried once at each start. */
  const refusals = new Map<number, Refusal>()

  /**
   * The accounts have changed, or those of one user: asks for them, and lets go on what may. Calls while it works make it look once more.
   */
  function look(user?: string): Promise<void> {
    changes++
    again = true
    if (user === undefined) isStale = true
    for (const each of known.keys()) if (each !== null && (user ?? each) === each) known.delete(each)
    looking ??= (async () => {
      try {
        while (again) {
          again = false
          if (isStale) await learnShared()
          await review()
        }
      } catch (error) {
        isStale = true
        throw error
      } finally {
        looking = null
      }
    })()
    return looking
  }

  async function learnShared(): Promise<void> {
    isStale = false
    known.set(null, await load(null))
  }

  async function learn(user: string): Promise<void> {
    for (let before = -1; before !== changes;) {
      before = changes
      const accounts = await load(user)
      known.delete(user)
      known.set(user, accounts)
    }
    const users = [...known.keys()].filter(each => each !== null)
    for (const oldest of users.slice(0, -keptUsers)) known.delete(oldest)
  }

  /** Lets go on what may, by the accounts and the app as they are. */
  async function review(): Promise<void> {
    if (!known.has(null)) return
    for (const user of await persist(journal.waitingUsers)) {
      if (!known.has(user)) await learn(user)
      onReviewed(await persist(() => reviewWaiting(user)))
    }
    onReviewed(await persist(() => reviewWaiting(null)))
  }

  function* reviewWaiting(user: string | null): Steps<RunRow[]> {
    const at = now()
    const stepsByDefinition = new Map<string | null, Step[]>()
    const changed: RunRow[] = []
    for (const row of yield* journal.claimWaitingForPermission(user)) {
      const steps = stepsByDefinition.get(row.definition) ?? stepsOf(yield* journal.definitionOf(row))
      stepsByDefinition.set(row.definition, steps)
      const lack = lackOfRun(row, steps)
      if (lack === undefined) continue
      const error = lack && toError(lack)
      if (error === row.error) continue
      const values = lack ? { error } : { error, state: 'queued' as const, wake_at: at, waiting_for: null, waiting_since: null }
      yield* journal.updateRun(row.seq, values)
      changed.push({ ...row, ...values })
    }
    return changed
  }

  /**
   * What keeps the run from going on: before its first step what any of its steps lacks, later what the next one lacks. Undefined when the
   * accounts of its user are not known at the moment.
   */
  function lackOfRun(run: Place, steps: readonly Step[]): AppError | null | undefined {
    const { shared, own } = needsAt(run, steps)
    const refusal = refusals.get(run.seq)
    const sharedAccounts = known.get(null)
    if (!sharedAccounts || (shared.length + own.length === 0 && !refusal)) return null
    const ownAccounts = run.app_user === null ? [] : known.get(run.app_user)
    if (own.length > 0 && !ownAccounts) return undefined
    const lack = lackOf(shared, sharedAccounts) ?? ownLackOf(own, run.name, run.app_user, ownAccounts ?? [])
    if (lack || !refusal) return lack
    if (markOf(snapshot(run) ?? [], refusal.error.action) === refusal.mark) return refusal.error
    refusals.delete(run.seq)
    return null
  }

  function needsAt({ position, steps_done }: Place, steps: readonly Step[]): { shared: Need[]; own: Need[] } {
    const next = position === 0 && steps_done === 0 ? steps : steps.slice(position ?? 0, (position ?? 0) + 1)
    const current = model()
    const needs = next.flatMap(({ task }) => needsOf(task, current))
    const { shared = [], own = [] } = Object.groupBy(needs, ({ connector }) => (modeOf(current, connector) === 'shared' ? 'shared' : 'own'))
    return { shared, own }
  }

  /** All accounts that a run may use, as they are known at this moment. */
  function snapshot({ app_user: user }: Place): readonly HeldAccount[] | null {
    const shared = known.get(null)
    return shared ? [...shared, ...((user !== null && known.get(user)) || [])] : null
  }

  /** Throws `unavailable` when it cannot be told, `forbidden` when the run is nobody's and never may. */
  async function check(run: Place, steps: readonly Step[]): Promise<AppError | null> {
    const { shared, own } = needsAt(run, steps)
    if (!known.has(null) && shared.length + own.length > 0) await look()
    // Asked anew each time: users come and go, and what they allow is decided elsewhere.
    if (own.length > 0 && run.app_user !== null) await learn(run.app_user)
    const lack = lackOfRun(run, steps) ?? null
    if (lack?.code === 'forbidden') throw lack
    return lack
  }

  return {
    look,
    review,
    /** Asks again when the last answer did not come. */
    async keepCurrent(): Promise<void> {
      if (isStale && !looking) await look().catch(() => {})
    },
    /** What is shared, and what the sole user has. Null when they cannot be asked for. */
    async accounts(): Promise<{ shared: readonly HeldAccount[]; own: readonly HeldAccount[] | null } | null> {
      try {
        if (!known.has(null)) await look()
        if (soleUser !== undefined) await learn(soleUser)
        return { shared: known.get(null) ?? [], own: (soleUser !== undefined && known.get(soleUser)) || null }
      } catch {
        return null
      }
    },
    check,
    /** Looks once more at a run that waits. Where it cannot be told, trying is what tells. */
    async mayGoOn(run: Place, steps: readonly Step[]): Promise<boolean> {
      try {
        return (await check(run, steps)) === null
      } catch {
        return true
      }
    },
    /** A step was refused. Its run waits until what `before` says of the account is no longer so, whatever is said to be granted. */
    async refuse(run: Place, error: AppError, before: readonly HeldAccount[] | null): Promise<void> {
      if (!known.has(null)) await look().catch(() => {})
      refusals.set(run.seq, { error, mark: markOf(before ?? snapshot(run) ?? [], error.action) })
    },
    /** The accounts at this moment, to give to `refuse` after the step. */
    snapshot,
    /** The run has ended, or a person wants it to try all the same. */
    forget: (seq: number): void => void refusals.delete(seq),
  }
}
