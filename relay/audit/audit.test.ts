import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import type { Engine } from '../../host/store/engine.ts'
import { createAudit, type Audit, type AuditEntry, type AuditFilter } from './audit.ts'

const hour = 60 * 60_000
const nine = Date.parse('2026-11-21T09:00:00Z')

async function open(engine: Engine) {
  const clock = { at: nine }
  const audit = await createAudit(engine, () => clock.at)
  const note = (entry: Partial<AuditEntry>) =>
    engine.transaction(() =>
      audit.note({ workspaceId: 'w', actor: 'ada', action: 'member.signed_in', subject: 'ada@example.com', ...entry }),
    )
  const use = { workspaceId: 'w', actor: null, action: 'connection.used', subject: 'Team', appId: 'desk', connectionId: 'c1' } as const
  const count = (entry: Partial<AuditEntry & { connectionId: string }> = {}) =>
    engine.transaction(() => audit.countUse({ ...use, ...entry }))
  return { clock, audit, note, count }
}

const told = async (audit: Audit, ...[page]: Parameters<Audit['list']> extends [string, ...infer Rest] ? Rest : never) =>
  (await audit.list('w', page)).map(({ action, subject, detail }) => [action, subject, detail ?? ''].join(' ').trim())

onEachDatabase('the log takes lines, and the database refuses to change or remove one', async ({ engine }) => {
  const { audit, note } = await open(engine)
  await note({})
  await assert.rejects(engine.query(sql`update audit set subject = 'eve@example.com'`))
  await assert.rejects(engine.query(sql`delete from audit`))
  assert.deepEqual(await told(audit), ['member.signed_in ada@example.com'])
})

onEachDatabase('what happens often is one line an hour, for each app, account and person', async ({ engine }) => {
  const { audit, clock, count } = await open(engine)
  await Promise.all(Array.from({ length: 20 }, () => count()))
  await count({ subject: 'Sales' })
  await count({ action: 'connection.token_given', actor: 'ada', detail: 'laptop' })
  assert.deepEqual(await told(audit), [], 'the hour is not over')
  clock.at = nine + hour
  await count()
  const lines = await told(audit)
  assert.deepEqual(lines.toSorted(), [
    'connection.token_given Team once between 09:00 and 10:00 UTC on 2026-11-21, laptop',
    'connection.used Sales once between 09:00 and 10:00 UTC on 2026-11-21',
    'connection.used Team 20 times between 09:00 and 10:00 UTC on 2026-11-21',
  ])
  clock.at = nine + 30 * hour
  assert.equal(
    (await told(audit))[0],
    'connection.used Team once between 10:00 and 11:00 UTC on 2026-11-21',
    'also when nothing more happens',
  )
  assert.equal((await told(audit)).length, 4)
})

onEachDatabase('an hour is written down once, however many close it at the same time', async ({ engine }) => {
  const { audit, clock, count } = await open(engine)
  await count()
  clock.at = nine + hour
  await Promise.all([...Array.from({ length: 5 }, () => audit.list('w')), ...Array.from({ length: 5 }, () => count())])
  assert.equal((await told(audit)).length, 1)
})

onEachDatabase('the log is narrowed by kind, person and app, page by page, and shows no other workspace', async ({ engine }) => {
  const { audit, note } = await open(engine)
  await note({ workspaceId: 'another' })
  await note({ subject: 'first' })
  await note({ action: 'app.published', subject: 'Desk', appId: 'desk' })
  await note({ actor: 'eddy', action: 'connection.disconnected', subject: 'Team', appId: 'desk' })
  await note({ actor: null, action: 'member.sign_in_failed', subject: 'second' })
  assert.deepEqual(await told(audit, { filter: { kind: 'access' } }), ['member.sign_in_failed second', 'member.signed_in first'])
  assert.deepEqual(await told(audit, { filter: { actor: 'eddy' } }), ['connection.disconnected Team'])
  assert.deepEqual(await told(audit, { filter: { appId: 'desk' } }), ['connection.disconnected Team', 'app.published Desk'])
  assert.deepEqual(await told(audit, { filter: { appId: 'desk', kind: 'apps', actor: 'eddy' } }), [])
  const [newest, ...rest] = await audit.list('w', { limit: 2 })
  assert.equal(newest?.subject, 'second')
  assert.deepEqual(await told(audit, { before: rest[0]?.id }), ['app.published Desk', 'member.signed_in first'])
})

onEachDatabase('the log is narrowed to a person, whether member or user of an app, and to a time', async ({ engine }) => {
  const { audit, clock, note } = await open(engine)
  await note({ subject: 'of ada' })
  await note({ actor: null, appUser: 'vera@example.com', action: 'app_user.signed_in', subject: 'of vera' })
  clock.at = nine + 24 * hour
  await note({ actor: null, appUser: 'ada@example.com', action: 'app_user.signed_in', subject: 'of ada in an app' })
  await note({ actor: null, action: 'member.sign_in_failed', subject: 'of nobody' })
  const subjects = async (filter: AuditFilter) => (await audit.list('w', { filter })).map(({ subject }) => subject)
  assert.deepEqual(await subjects({ appUser: 'vera@example.com' }), ['of vera'])
  assert.deepEqual(await subjects({ actor: 'ada', appUser: 'ada@example.com' }), ['of ada in an app', 'of ada'])
  assert.deepEqual(await subjects({ appUser: 'of nobody' }), [])
  assert.deepEqual(await subjects({ from: nine, to: nine + 24 * hour }), ['of vera', 'of ada'])
  assert.deepEqual(await subjects({ from: nine + 1 }), ['of nobody', 'of ada in an app'])
  assert.equal((await audit.list('w', { filter: { appUser: 'vera@example.com' } }))[0]?.appUser, 'vera@example.com')
})

onEachDatabase('of each account it is known when it was last used', async ({ engine }) => {
  const { audit, clock, count } = await open(engine)
  await count()
  clock.at = nine + 2 * hour
  await count()
  await count({ connectionId: 'c2', appUser: 'vera@example.com' })
  await count({ connectionId: 'c3', workspaceId: 'another' })
  assert.deepEqual(
    await audit.lastUses('w'),
    new Map([
      ['c1', clock.at],
      ['c2', clock.at],
    ]),
  )
  clock.at = nine + 3 * hour
  assert.deepEqual(new Set((await audit.list('w')).map(({ appUser }) => appUser)), new Set([null, 'vera@example.com']))
})
