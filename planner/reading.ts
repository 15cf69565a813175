import type { Condition, ReadTrigger } from './language/trigger.ts'
import type { ReadAction } from './language/actions.ts'
import type { HookTrigger } from './language/hook-sender.ts'

export type ReadingTrigger =
  | { kind: 'schedule'; cron: string; timezone: string | null }
  | Extract<ReadTrigger, { kind: 'connector' }>
  | HookTrigger
  | { kind: 'record'; entity: string | null; event: 'created' | 'updated' | 'deleted'; condition: Condition | null }
  | { kind: 'manual' }
  | { kind: 'page'; via: 'load' | 'button' | 'form' }

/** What a prompt says, before it is fitted to an app and to the tools that can run. */
export type Reading =
  | {
      outcome: 'plan'
      text: string
      connectors: string[]
      mode: 'ask' | 'shared' | 'app-user'
      trigger: ReadingTrigger
      actions: ReadAction[]
      pages: string[]
      /** The app's own data it speaks of. */
      entities: string[]
    }
  | { outcome: 'clarify'; why: Unclear; connectors: string[] }
  | { outcome: 'unsupported'; unsupported: string[]; connectors: string[] }

export type Unclear = 'empty' | 'question' | 'edit' | 'action' | 'service'
