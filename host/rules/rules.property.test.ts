import assert from 'node:assert/strict'
import fc from 'fast-check'
import { entity } from '../../core/app/entity.ts'
import type { JsonObject } from '../../core/json.ts'
import { onEachDatabase } from '../store/each-database.fixture.ts'
import { openStore } from '../store/store.ts'
import { accessOf, type RuleUser } from './rules.ts'

const people: readonly RuleUser[] = [
  null,
  { id: 'u1', email: 'one@example.com', name: 'One', role: 'user' },
  { id: 'u2', email: 'two@example.com', name: 'Two', role: 'admin' },
]
const texts = ['u1', 'u2', 'one@example.com', 'two@example.com', 'user', 'red', '']
const templates = { '{{user.id}}': 'id', '{{user.email}}': 'email', '{{user.role}}': 'role' } as const
const properties = { owner: { type: 'string' }, team: { type: 'string' }, done: { type: 'boolean' } } as const

const value = fc.constantFrom(...texts, ...Object.keys(templates), null)
const comparison = fc.oneof(
  value,
  fc.record({ $ne: value }),
  fc.record({ $in: fc.array(value, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(value, { maxLength: 3 }) }),
)
const key = fc.constantFrom('owner', 'data.owner', 'team', 'created_by', 'created_by_id')
const rule = fc.letrec<{ rule: JsonObject; leaf: JsonObject }>(tie => ({
  leaf: fc.oneof(
    fc.tuple(key, comparison).map(([name, test]): JsonObject => ({ [name]: test })),
    fc.boolean().map((done): JsonObject => ({ done })),
    fc.constantFrom('user', 'admin').map((role): JsonObject => ({ user_condition: { role } })),
  ),
  rule: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('rule'), { maxLength: 3 }))
      .map(([name, of]): JsonObject => ({ [name]: of })),
    fc.tuple(tie('leaf'), tie('rule')).map(([one, other]): JsonObject => ({ ...one, ...other })),
  ),
})).rule
const permission = fc.oneof(fc.boolean(), rule)
const record = fc.record(
  { owner: fc.constantFrom(...texts, null), team: fc.constantFrom(...texts), done: fc.boolean() },
  { requiredKeys: [] },
)

/** What a rule means, said without a filter: for one user and one record. */
function holds(rule: unknown, user: RuleUser, record: JsonObject): boolean {
  if (typeof rule === 'boolean') return rule
  return Object.entries(rule as JsonObject).every(([name, test]) => {
    const parts = () => (test as JsonObject[]).map(part => holds(part, user, record))
    if (name === '$and') return parts().every(Boolean)
    if (name === '$or') return parts().some(Boolean)
    if (name === '$nor') return !parts().some(Boolean)
    if (name === 'user_condition') return user !== null && user.role === (test as { role: string }).role
    return compare(record[name.replace('data.', '')] ?? null, test, user)
  })
}

function compare(found: unknown, test: unknown, user: RuleUser): boolean {
  const is = (wanted: unknown) => {
    const field = typeof wanted === 'string' ? templates[wanted as keyof typeof templates] : undefined
    if (field === undefined) return found === wanted
    return user !== null && found === user[field]
  }
  if (typeof test !== 'object' || test === null) return is(test)
  const { $ne, $in, $nin } = test as { $ne?: unknown; $in?: unknown[]; $nin?: unknown[] }
  if ($in) return $in.some(is)
  return $nin ? !$nin.some(is) : !is($ne)
}

onEachDatabase(
  'each user has exactly the records that the rules give them, and changes no other (random rules)',
  async ({ engine, kind }) => {
    const name = 'Thing'
    const store = openStore(engine)
    await fc.assert(
      fc.asyncProperty(
        fc.record({ create: permission, read: permission, update: permission, delete: permission }),
        fc.array(record, { minLength: 1, maxLength: 4 }),
        record,
        async (rls, made, patch) => {
          await store.define([entity.parse({ name, properties, rls })])
          for (const { id } of await store.records(name).list()) await store.records(name).delete(String(id))
          const as = (user: RuleUser) =>
            store.records(
              name,
              user ? { kind: 'user', name: user.name, user: user.id, email: user.email } : { kind: 'user', name: '' },
              accessOf(user),
            )
          for (const [index, data] of made.entries()) {
            const user = people[index % people.length] ?? null
            const whole = { ...data, created_by: user?.email ?? null, created_by_id: user?.id ?? null }
            const kept = await as(user)
              .create(data)
              .catch(() => null)
            assert.equal(kept !== null, holds(rls.create, user, whole), 'create')
          }
          for (const user of people) {
            const all = await store.records(name).list()
            const allowed = all.filter(each => holds(rls.read, user, each)).map(({ id }) => id)
            assert.deepEqual(
              (await as(user).list()).map(({ id }) => id),
              allowed,
            )
            assert.equal(await as(user).count(), allowed.length)
            for (const each of all) {
              const id = String(each.id)
              const isThere = allowed.includes(id)
              assert.equal(
                await as(user)
                  .get(id)
                  .then(
                    () => true,
                    () => false,
                  ),
                isThere,
              )
              const mayUpdate = isThere && holds(rls.update, user, each) && holds(rls.update, user, { ...each, ...patch })
              assert.equal(
                await as(user)
                  .update(id, patch)
                  .then(
                    () => true,
                    () => false,
                  ),
                mayUpdate,
                'update',
              )
              const now = await store.records(name).get(id)
              const mayDelete = holds(rls.read, user, now) && holds(rls.delete, user, now)
              assert.equal(
                await as(user)
                  .delete(id)
                  .then(
                    () => true,
                    () => false,
                  ),
                mayDelete,
                'delete',
              )
            }
          }
        },
      ),
      { numRuns: kind === 'SQLite' ? 25 : 4 },
    )
    await store.close()
  },
)
