import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import { createMemberTables } from '../members/tables.ts'
import { createReleaseTables } from '../releases/tables.ts'
import { createRefusals } from './refusals.ts'
import { createHookTables } from './tables.ts'

const hook = { appId: 'desk', name: 'order' }

onEachDatabase('the last refusal of each reason is kept, of ten reasons, and a flood is written once a second', async ({ engine }) => {
  await createMemberTables(engine)
  await createReleaseTables(engine)
  await createHookTables(engine)
  await engine.query(sql`insert into workspaces (id, name, created_at) values ('w', 'W', 0)`)
  await engine.query(sql`insert into apps (id, workspace_id, name, created_at) values ('desk', 'w', 'Desk', 0)`)
  let writes = 0
  const counted = { ...engine, transaction: ((work: never) => (writes++, engine.transaction(work))) as typeof engine.transaction }
  let now = 0
  const refusals = createRefusals(counted, () => now)
  await Promise.all(Array.from({ length: 50 }, () => refusals.note(hook, 'The signature is wrong.')))
  assert.equal(writes, 1)
  now += 1000
  await refusals.note(hook, 'The signature is wrong.')
  assert.deepEqual(await refusals.list('desk', 'order'), [{ reason: 'The signature is wrong.', at: 1000 }])
  for (let n = 0; n < 12; n++) {
    now += 1000
    await refusals.note(hook, `Reason ${n}`)
  }
  assert.deepEqual(
    (await refusals.list('desk', 'order')).map(({ reason }) => reason),
    Array.from({ length: 10 }, (_, n) => `Reason ${11 - n}`),
  )
})
