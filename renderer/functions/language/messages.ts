import type { AppModel } from '../../../core/app/model.ts'
import type { ConnectorTypes } from '../../../core/app/types-text.ts'
import type { Description, Hover, Suggestion, Suggestions, TypeProblem } from './service.ts'

/** What the page asks of the worker, and what it gets. `path` is the function's file, `at` an offset in its text. */
export type Questions = {
  declare: { ask: { entities: AppModel['entities']; connectors: ConnectorTypes[] }; answer: null }
  suggest: { ask: { path: string; text: string; at: number; asked: boolean }; answer: Suggestions | null }
  describe: {
    ask: { path: string; text: string; at: number; chosen: Pick<Suggestion, 'label' | 'source' | 'data'> }
    answer: Description | null
  }
  hover: { ask: { path: string; text: string; at: number }; answer: Hover | null }
  problems: { ask: { path: string; text: string }; answer: TypeProblem[] }
}
export type Question = keyof Questions
export type Asked = { [Q in Question]: { id: number; question: Q; ask: Questions[Q]['ask'] } }[Question]
export type Answered = { id: number; answer: unknown } | { id: number; failed: string }
