import { randomUUID } from 'node:crypto'
import { builtInFields, type Entity } from '../../core/app/entity.ts'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { AppError } from '../../core/errors.ts'
import { parseFilter, type Filter } from '../store/filter.ts'
import type { Access, Act } from '../store/access.ts'

/** Who a rule may ask about. Null: somebody who is not signed in. */
export type RuleUser = { id: string; email: string; name: string; role: string } | null

export const acts = ['create', 'read', 'update', 'delete'] as const satisfies readonly Act[]

const always: Filter = { kind: 'and', of: [] }
const never: Filter = { kind: 'or', of: [] }

/** `{{user.email}}` and its like stand for a whole value: as a part of a text they could make it another text than it was meant to be. */
const template = /^\{\{\s*user\.([a-z_.]+)\s*\}\}$/
const userFields: Record<string, (user: NonNullable<RuleUser>) => string> = {
  id: user => user.id,
  email: user => user.email,
  role: user => user.role,
  full_name: user => user.name,
}
/** Where a user's value may stand: what compares for equality. In a pattern or a range it would mean more than itself. */
const equalities = new Set(['$eq', '$ne', '$in', '$nin', '$all'])
const groups = new Set(['$and', '$or', '$nor'])

/**
 * What the rules of an entity (`rls`, as Base44 has them) let a user do with its records, as a filter. An act without a rule is open to
 * all who may use the app; `write` stands for create, update and delete where they have none of their own. With a rule that cannot be
 * read, nobody may do anything.
 */
export function ruleFilter(entity: Entity, act: Act, user: RuleUser): Filter {
  return ruleProblem(entity) === null ? readRule(entity, act, user) : never
}

/** The store's door for one user of the app. */
export const accessOf = (user: RuleUser): Access => ({ may: (act, entity) => ruleFilter(entity, act, user) })

/** What keeps the rules of an app's entities from being read. On a relay such an entity is closed to everyone. */
export const ruleProblems = ({ entities }: Pick<AppModel, 'entities'>): Problem[] =>
  entities.flatMap(({ file, entity }) => {
    const message = ruleProblem(entity)
    return message === null ? [] : [{ path: file, message }]
  })

const problems = new WeakMap<Entity, string | null>()

/** Why the rules of an entity cannot be read, in a sentence; null when they can. */
export function ruleProblem(entity: Entity): string | null {
  const known = problems.get(entity)
  if (known !== undefined) return known
  const found = findProblem(entity)
  problems.set(entity, found)
  return found
}

function findProblem(entity: Entity): string | null {
  try {
    const someone = { id: 'someone', email: 'someone@example.com', name: 'Someone', role: 'user' }
    for (const act of acts) readRule(entity, act, someone)
    return null
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
}

function readRule(entity: Entity, act: Act, user: RuleUser): Filter {
  const { rls } = entity
  for (const [name, field] of Object.entries(entity.properties)) {
    if ('rls' in field) throw unreadable(`The field “${name}” has rules of its own, which a relay does not know. Move them to the entity`)
  }
  if (rls === undefined || rls === null) return always
  if (!isObject(rls)) throw unreadable('“rls” must be an object with “create”, “read”, “update” and “delete”')
  const strange = Object.keys(rls).find(name => name !== 'write' && !acts.some(act => act === name))
  if (strange !== undefined) throw unreadable(`“rls” has no “${strange}”. It has: ${acts.join(', ')}, write`)
  const rule = rls[act] ?? (act === 'read' ? undefined : rls['write'])
  if (rule === undefined || rule === true) return always
  if (rule === false) return never
  if (!isObject(rule)) throw unreadable(`The rule for “${act}” must be true, false or a condition`)
  // Nobody has this value, so that what compares with a user’s finds none where there is no user.
  const nobody = `nobody ${randomUUID()}`
  try {
    return parseFilter(bindGroup(rule))
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    throw unreadable(`The rule for “${act}” cannot be read: ${cause.message.replace(/\.$/, '')}`)
  }

  function bindGroup(part: unknown): object {
    if (!isObject(part)) throw unreadable('a condition must be an object')
    return { $and: Object.entries(part).map(([key, value]) => bindEntry(key, value)) }
  }

  function bindEntry(key: string, value: unknown): object {
    if (groups.has(key)) return { [key]: Array.isArray(value) ? value.map(bindGroup) : value }
    if (key === 'user_condition') return asksUser(value) ? {} : { $or: [] }
    const path = key.replace(/^data\./, '')
    const [field = ''] = path.split('.')
    const isKnown = Object.hasOwn(entity.properties, field) || builtInFields.some(name => name === field)
    if (!isKnown && !key.startsWith('$')) throw unreadable(`${entity.name} has no field “${field}”`)
    return { [path]: bindCondition(value) }
  }

  function bindCondition(value: unknown): unknown {
    if (!isObject(value)) return bindValue(value, true)
    return Object.fromEntries(
      Object.entries(value).map(([operator, operand]) => [
        operator,
        operator === '$not' ? bindCondition(operand) : bindValue(operand, equalities.has(operator)),
      ]),
    )
  }

  function bindValue(value: unknown, mayBeTheUsers: boolean): unknown {
    if (Array.isArray(value)) return value.map(item => bindValue(item, mayBeTheUsers))
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bindValue(inner, false)]))
    if (typeof value !== 'string' || !value.includes('{{')) return value
    const read = userFields[template.exec(value)?.[1] ?? '']
    if (!read) throw unreadable(`“${value}” is unknown. There are {{user.id}}, {{user.email}}, {{user.role}} and {{user.full_name}}`)
    if (!mayBeTheUsers) throw unreadable(`“${value}” can only be compared with ${[...equalities].join(', ')}`)
    return user ? read(user) : nobody
  }

  function asksUser(conditions: unknown): boolean {
    if (!isObject(conditions)) throw unreadable('“user_condition” must be an object such as {"role":"admin"}')
    const entries = Object.entries(conditions).map(([name, value]) => {
      const read = Object.hasOwn(userFields, name) ? userFields[name] : undefined
      if (!read || typeof value !== 'string')
        throw unreadable('“user_condition” compares id, email, role and full_name of the user with a text')
      return user !== null && read(user) === value
    })
    return user !== null && entries.every(Boolean)
  }
}

const unreadable = (what: string) => new AppError('validation', `${what}.`)

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
