import type { ChatMessage } from '../../core/chat.ts'
import { AppError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan.ts'
import type { ChatLog } from './log.ts'
import type { ConnectCard } from './needs.ts'

export type PlanCard = Extract<ChatMessage, { kind: 'plan' }>
export type ResultCard = Extract<ChatMessage, { kind: 'result' }>

/** The connect cards that still wait for an account. */
export const openCards = (log: ChatLog): ConnectCard[] =>
  log.messages().filter((message): message is ConnectCard => message.kind === 'connect' && message.state === 'required')

/** A message of a kind by its id. Throws `not_found`. */
export function find<K extends ChatMessage['kind']>(log: ChatLog, id: string, kind: K): Extract<ChatMessage, { kind: K }> {
  const found = log.messages().find((message): message is Extract<ChatMessage, { kind: K }> => message.id === id && message.kind === kind)
  if (!found) throw new AppError('not_found', 'This message is not in the conversation any more.')
  return found
}

/** Throws `conflict` when a plan was carried out already. */
export function stillOpen(plan: PlanCard): PlanCard {
  if (plan.state === 'applied') throw new AppError('conflict', 'This plan is already in the app. Undo it instead.')
  return plan
}

const kinds: Record<string, ResultCard['created'][number]['kind']> = {
  entities: 'entity',
  functions: 'function',
  workflows: 'flow',
  connectors: 'connector',
  pages: 'page',
}

/** A written file as a line of the result card. */
export function createdItem(path: string, plan: Plan): ResultCard['created'][number] {
  const parts = path.split('/')
  const folder = parts.at(parts[0] === 'base44' ? 1 : 0)
  const file = (parts.at(-1) ?? '').replace(/\.jsonc?$/, '')
  const kind = kinds[folder ?? ''] ?? 'connector'
  const name = kind === 'function' ? (parts.at(-2) ?? '') : file
  return { kind, name, title: plan.items.find(item => item.kind === kind && item.name === name)?.title ?? name, path }
}

export function shapeOf(error: unknown): { code: string; message: string } {
  const { code, message } = AppError.from(error)
  return { code, message }
}
