import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { entity } from '../../core/app/entity.ts'
import { onEachDatabase } from '../store/each-database.fixture.ts'
import { openStore } from '../store/store.ts'
import { accessOf, ruleProblem, type RuleUser } from './rules.ts'

const ticket = (rls?: unknown) =>
  entity.parse({
    name: 'Ticket',
    properties: { title: { type: 'string' }, team: { type: 'string' }, owner: { type: 'string' }, isPublic: { type: 'boolean' } },
    ...(rls !== undefined && { rls }),
  })

const anna: RuleUser = { id: 'u-anna', email: 'anna@example.com', name: 'Anna', role: 'user' }
const ben: RuleUser = { id: 'u-ben', email: 'ben@example.com', name: 'Ben', role: 'admin' }

/** Records of one entity as each of them has them. */
async function open(engine: Parameters<typeof openStore>[0], rls?: unknown) {
  const store = openStore(engine)
  await store.define([ticket(rls)])
  const as = (user: RuleUser) =>
    store.records(
      'Ticket',
      user ? { kind: 'user', name: user.name, user: user.id, email: user.email } : { kind: 'user', name: '' },
      accessOf(user),
    )
  return { all: store.records('Ticket'), as, close: store.close }
}

const own = { created_by: '{{user.email}}' }

onEachDatabase(
  'a record of another is not there: not in lists, pages and counts, not by its id, and not to be changed',
  async ({ engine }) => {
    const { as, close } = await open(engine, { read: own, write: own })
    const mine = await as(anna).create({ title: 'mine' })
    const theirs = await as(ben).create({ title: 'theirs' })
    const { length: _, ...stamped } = [mine.created_by, mine.created_by_id]
    assert.deepEqual(Object.values(stamped), ['anna@example.com', 'u-anna'])
    const titles = (await as(anna).list()).map(({ title }) => title)
    assert.deepEqual(titles, ['mine'])
    assert.deepEqual(await as(anna).list({ q: { $or: [{ title: 'theirs' }, {}] }, sort: 'title' }), [await as(anna).get(String(mine.id))])
    assert.equal((await as(anna).page({ limit: 1 })).total, 1)
    assert.equal(await as(anna).count({ title: 'theirs' }), 0)
    for (const tried of [
      () => as(anna).get(String(theirs.id)),
      () => as(anna).update(String(theirs.id), { title: 'changed' }),
      () => as(anna).delete(String(theirs.id)),
    ])
      await assert.rejects(tried, { code: 'not_found' })
    assert.deepEqual(await as(null).list(), [])
    await close()
  },
)

onEachDatabase('the cursor of another leads to no record that one may not read', async ({ engine }) => {
  const { as, close } = await open(engine, { read: own })
  await as(anna).create({ title: 'mine' })
  for (const title of ['a', 'b', 'c']) await as(ben).create({ title })
  const { nextCursor } = await as(ben).page({ limit: 1, sort: 'title' })
  const stolen = await as(anna).page({ cursor: nextCursor })
  assert.deepEqual([stolen.items.map(({ title }) => title), stolen.total], [['mine'], 1])
  await close()
})

onEachDatabase(
  'an update is checked on the record as it was and as it would be, and leaves nothing when it is refused',
  async ({ engine }) => {
    const { all, as, close } = await open(engine, { update: { 'data.team': 'blue' }, delete: { user_condition: { role: 'admin' } } })
    const blue = await as(anna).create({ title: 'blue', team: 'blue' })
    const red = await as(anna).create({ title: 'red', team: 'red' })
    await assert.rejects(as(anna).update(String(blue.id), { team: 'red' }), { code: 'forbidden' })
    await assert.rejects(as(anna).update(String(red.id), { team: 'blue' }), { code: 'forbidden' })
    assert.deepEqual(
      (await all.list({ sort: 'title' })).map(({ team }) => team),
      ['blue', 'red'],
    )
    assert.equal((await as(anna).update(String(blue.id), { title: 'bluer' })).title, 'bluer')
    await assert.rejects(as(anna).delete(String(red.id)), { code: 'forbidden' })
    assert.equal((await as(ben).delete(String(red.id))).title, 'red')
    await close()
  },
)

onEachDatabase('a refused record is not kept', async ({ engine }) => {
  const { all, as, close } = await open(engine, { create: { owner: '{{user.id}}' } })
  await assert.rejects(as(anna).create({ title: 'forged', owner: 'u-ben' }), { code: 'forbidden' })
  await as(anna).create({ title: 'hers', owner: 'u-anna' })
  assert.deepEqual(
    (await all.list()).map(({ title }) => title),
    ['hers'],
  )
  await close()
})

onEachDatabase('who is not signed in has no e-mail, not even an empty one', async ({ engine }) => {
  const { all, as, close } = await open(engine, { read: { $or: [{ isPublic: true }, own] } })
  // As a flow makes them: created by nobody.
  await all.create({ title: 'hidden' })
  await all.create({ title: 'shown', isPublic: true })
  assert.deepEqual(
    (await as(null).list()).map(({ title }) => title),
    ['shown'],
  )
  await close()
})

onEachDatabase('a rule that cannot be read is open to nobody', async ({ engine }) => {
  const { all, as, close } = await open(engine, { read: { nothing: 1 } })
  const { id } = await all.create({ title: 'there' })
  assert.deepEqual(await as(ben).list(), [])
  await assert.rejects(as(ben).get(String(id)), { code: 'not_found' })
  await assert.rejects(as(ben).create({ title: 'new' }), { code: 'forbidden' })
  await close()
})

describe('before an app is published, it is told of', () => {
  const unreadable: [what: string, rls: unknown, words: RegExp][] = [
    ['an act that there is not', { peruse: true }, /“rls” has no “peruse”/],
    ['a word in place of a condition', { read: 'everyone' }, /“read” must be true, false or a condition/],
    ['a field that there is not', { read: { ownr: '{{user.id}}' } }, /no field “ownr”/],
    ['a value of the user that there is not', { read: { owner: '{{user.shoe}}' } }, /“\{\{user.shoe\}\}” is unknown/],
    ['a value of the user within a text', { read: { owner: 'x-{{user.id}}' } }, /is unknown/],
    ['a value of the user as a pattern', { read: { owner: { $regex: '{{user.full_name}}' } } }, /can only be compared/],
    ['an operator that there is not', { update: { owner: { $near: 1 } } }, /Unknown operator \$near/],
    ['an operator in place of a field', { update: { $where: 'true' } }, /\$where/],
    ['a choice between no conditions', { read: { $or: 'all' } }, /must be a list/],
    ['a condition on the user that compares more than texts', { read: { user_condition: { role: { $ne: 'admin' } } } }, /with a text/],
    ['rules of another form', ['read'], /must be an object/],
  ]
  for (const [what, rls, words] of unreadable) it(what, () => assert.match(ruleProblem(ticket(rls)) ?? '', words))

  it('rules of a single field', () => {
    const secret = entity.parse({ name: 'Ticket', properties: { salary: { type: 'number', rls: { read: false } } } })
    assert.match(ruleProblem(secret) ?? '', /“salary” has rules of its own/)
  })
})

test('rules as Base44’s apps have them can be read', () => {
  for (const rls of [
    undefined,
    {},
    { create: true, read: true, update: false, delete: {} },
    { read: { $or: [own, { user_condition: { role: 'admin' } }, { 'data.owner': { $in: ['{{user.id}}', 'all'] } }] }, write: own },
  ])
    assert.equal(ruleProblem(ticket(rls)), null)
})
