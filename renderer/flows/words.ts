import type { Flow } from '../../core/app/flow.ts'
import type { AppModel } from '../../core/app/model.ts'
import { titleOf } from '../data/fields.ts'
import { pathOf } from './expression.ts'
import { readable } from './graph.ts'

/** How the things that an expression can name are called. */
export type Names = { record: string; field: (name: string) => string; step: (name: string) => string }

export function namesIn(flow: Flow, model: Pick<AppModel, 'entities'>): Names {
  const { config } = flow.trigger
  const entity = model.entities.find(known => config.trigger_type === 'entity' && known.entity.name === config.entity_name)?.entity
  const tasks = Object.assign({}, ...flow.definition.do) as Flow['definition']['do'][number]
  return {
    record: entity ? (entity.title ?? titleOf(entity.name)) : 'Trigger',
    field: name => entity?.properties[name]?.title ?? titleOf(name),
    step: name => tasks[name]?.['x-plugboard']?.title ?? tasks[name]?.['x-base44']?.title ?? readable(name),
  }
}

/** What an expression stands for, in the user's words; null where only its code says it. */
export function expressionWords(expression: string, names: Names): string | null {
  const [root, part, ...rest] = pathOf(expression) ?? []
  if (root === 'now' && part === undefined) return 'Now'
  if (root === 'steps' && part !== undefined)
    return rest.length > 0 ? `${titleOf(rest.join(' '))} of “${names.step(part)}”` : `Result of “${names.step(part)}”`
  if (root !== 'trigger' || rest.length > 1) return null
  const [field] = rest
  if (part === 'data') return field === undefined ? names.record : names.field(field)
  if (part === 'old_data') return field === undefined ? `${names.record} before` : `${names.field(field)} before`
  if (part === 'entity_id' && field === undefined) return `${names.record} id`
  return null
}

const operators: Record<string, string> = {
  '==': 'is',
  '!=': 'is not',
  '>': 'is over',
  '<': 'is under',
  '>=': 'is at least',
  '<=': 'is at most',
}

/** “Priority is Urgent and Status is not Closed” for comparisons of paths with values; null for what is more than that. */
export function conditionWords(condition: string, names: Names): string | null {
  const code = condition.trim().replace(/^\$\{([\s\S]*)\}$/, '$1')
  const pieces = code.split(/\s(and|or)\s(?=(?:[^"]*"[^"]*")*[^"]*$)/)
  const words = pieces.map((piece, index) => (index % 2 === 1 ? piece : comparisonWords(piece, names)))
  return words.every(word => word !== null) ? words.join(' ') : null
}

function comparisonWords(comparison: string, names: Names): string | null {
  const [, path = '', operator = '', literal = ''] =
    /^\s*(\S+)\s*(==|!=|>=|<=|>|<)\s*("[^"\\]*"|-?[\d.]+|true|false|null)\s*$/.exec(comparison) ?? []
  const name = expressionWords(path, names)
  if (name === null) return null
  const value = literal === 'null' ? 'empty' : literal === 'true' ? 'yes' : literal === 'false' ? 'no' : literal.replace(/^"|"$/g, '')
  return `${name} ${operators[operator]} ${value === '' ? 'empty' : value}`
}

/** The line of a flow's file on which a step, or a key of its own such as `trigger`, is written. Counts from 1. */
export function lineOf(text: string, name: string, within?: 'do'): number | null {
  const from = within ? Math.max(0, text.search(new RegExp(`"${within}"\\s*:`))) : 0
  const at = text.slice(from).search(new RegExp(`"${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:`))
  return at < 0 ? null : text.slice(0, from + at).split('\n').length
}
