import type { ReadAction } from './language/actions.ts'
import type { ReadTrigger } from './language/trigger.ts'
import type { ServiceUnit } from './language/units.ts'
import type { Verb } from './vocabulary/verbs.ts'

export type Source = { unit: ServiceUnit; isNew: boolean; read: ReadAction; verb: Verb | null; moved: boolean }

/** Everything the clauses of a prompt say, before it is decided what starts the run. */
export type Gathered = {
  events: Array<{ trigger: ReadTrigger; marker: string }>
  actions: ReadAction[]
  sources: Source[]
  linked: string[]
  linkedReads: ReadAction[]
  /** “new leads”, “my bookings”: the app's own data that a clause takes something from. */
  ownData: { entity: string | null; isNew: boolean; moved: boolean } | null
  entities: string[]
  pages: string[]
  shows: boolean
  presses: boolean
  automated: boolean
  /** Something is to be sent, and nothing says through which tool. */
  unnamedSend: boolean
  /** The app's own data is made or read: enough for a plan without a tool. */
  ownWork: boolean
  /** What is dealt with as it comes in, for want of anything else that starts the run. */
  handled: ReadTrigger[]
}
