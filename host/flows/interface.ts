import type { AppModel } from '../../core/app/model.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import type { AppError } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Run, RunDetail } from '../../core/run.ts'
import type { Database } from '../store/engine.ts'
import type { Delivery } from './delivery.ts'
import type { FunctionRunOptions } from './function-run.ts'
import type { RunFilter } from './journal.ts'
import type { CallAction, RunFunction } from './rooms.ts'
import type { FlowSummary } from './summary.ts'

export type FlowsOptions = {
  appId: string
  database: Database
  model: () => AppModel
  runFunction: RunFunction
  callAction: CallAction
  /** The app's shared connections as they are now; with a user of the app those of that user. */
  accounts: (user: string | null) => Promise<HeldAccount[]>
  /** The users who agreed that a flow uses their own accounts. */
  agreedUsers?: (flow: string) => Promise<readonly string[]>
  /** Whose act everything is that nobody is named for, where the app has but one user. */
  soleUser?: string
  /** The latest record of an entity, as an example for “Run now”. */
  newestRecord: (entity: string) => Promise<JsonObject | null>
  now?: () => number
  report: (error: AppError) => void
  /** How many runs go on at the same time. */
  concurrency?: number
  /** Pauses before the second, third … try of a step that failed for a passing reason. */
  retryDelaysMs?: readonly number[]
  /** How often the clock is looked at. It may jump, so nothing sleeps until a far moment. */
  tickMs?: number
}

/** The flows of one app: what starts them, their runs, and the journal of both. */
export type Flows = {
  /** Takes up what was under way when the process ended, and begins to watch changes and the clock. */
  start(): Promise<void>
  /** There may be new changes of records. */
  wake(): void
  /** The app's files changed: other triggers may hold, and steps may need other permissions. */
  modelChanged(): Promise<void>
  /**
   * The app's accounts changed, or those of one user alone: runs that waited for one, or for a permission of one, go on where they can now.
   */
  accountsChanged(user?: string): Promise<void>
  list(): Promise<FlowSummary[]>
  /** Starts a run by hand, of a flow that is switched off as well. Errors: not_found, validation when there is no record to try it with. */
  runNow(name: string, data?: Json, user?: string): Promise<{ runId: string }>
  /**
   * Starts a run for a request to the flow's web address, unless there was one for this delivery. One that the trigger's condition does not
   * let in starts none. Errors: not_found.
   */
  receive(name: string, delivery: Delivery): Promise<void>
  /** Runs one function and keeps a record of it as a run with one step. Throws what the function throws. */
  recordFunctionRun(name: string, input: Json, options?: FunctionRunOptions): Promise<Json>
  /** What functions reach the outside by: a call made for a flow's step is not made twice. */
  callAction: CallAction
  runs: {
    list(filter?: RunFilter): Promise<{ items: Run[]; nextCursor: string | null }>
    get(runId: string): Promise<RunDetail>
    /** The run that a request to a flow's web address started. Null: none, or it is not kept any more. */
    ofDelivery(flow: string, deliveryId: string): Promise<Run | null>
    /** Ends a run that has not ended. A step under way is asked to stop. */
    cancel(runId: string): Promise<void>
    /** Goes on from the first step that did not succeed; of a function, runs it again. `conflict` while it runs or after it succeeded. */
    retry(runId: string): Promise<void>
  }
  /** Hears of each change of a run. Returns how to stop. */
  onRun(listener: (run: Run) => void): () => void
  /** True when no run is under way here. */
  isIdle(): boolean
  /** Changes of records up to this number have been read: `store.prune` may drop older ones. */
  readUpTo(): number
  /** Steps under way have a few seconds to finish; what does not is taken up at the next start. */
  close(): Promise<void>
}
