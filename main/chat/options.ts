import type { AppModel } from '../../core/app/model.ts'
import type { TriggerConfig } from '../../core/app/flow.ts'
import type { Tool } from '../../core/connector.ts'
import type { ChangeSet, Plan, PlanChoices, PlanResult } from '../../core/plan.ts'
import type { PlannerContext } from '../../planner/context.ts'
import type { Usable } from './needs.ts'

/** The rooms that a conversation needs, each as narrow as its use of it. */
export type ChatOptions = {
  projects: {
    root(appId: string): string
    readFile(appId: string, path: string): Promise<{ text: string }>
    apply(appId: string, changeSet: ChangeSet, by: 'chat'): Promise<{ changeId: string | null }>
    undo(appId: string, changeId?: string): Promise<{ title: string | null }>
  }
  planner: {
    plan(prompt: string, context: PlannerContext): PlanResult
    toChangeSet(plan: Plan, choices: PlanChoices, context: PlannerContext): ChangeSet
  }
  connections: {
    list(appId: string): Promise<readonly Usable[]> | readonly Usable[]
    watch(appId: string, signal?: AbortSignal): AsyncIterable<readonly Usable[]>
  }
  tools: Readonly<Record<string, Tool>>
  modelOf(appId: string): AppModel | null
  describeTrigger(config: TriggerConfig, now: Date): { words: string; nextTimes: string[] }
  /** Called after files were written, before the answer is shown: the host reads the folder again. */
  afterWrite?(appId: string): Promise<void>
  now?(): Date
  /** IANA zone of the user. */
  timezone?: string
}
