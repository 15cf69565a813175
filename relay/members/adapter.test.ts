import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { getAuthTables } from 'better-auth/db'
import { genericOAuth } from 'better-auth/plugins'
import { sql } from 'kysely'
import { readConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { databases, testSettings } from '../relay.fixture.ts'
import { databaseAdapter } from './adapter.ts'
import { createMemberTables } from './tables.ts'

const names = {
  user: { modelName: 'users' },
  session: { modelName: 'sessions' },
  account: { modelName: 'accounts' },
  verification: { modelName: 'verifications' },
}
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))

for (const kind of databases)
  describe(`better-auth’s tables on ${kind}`, { concurrency: true }, () => {
    it('have every column that this version of better-auth uses', async t => {
      const { database, close } = await openRelayDatabase(readConfig(await testSettings(t, kind)))
      t.after(close)
      await createMemberTables(database)
      for (const { modelName, fields } of Object.values(getAuthTables({ ...names, plugins: [genericOAuth({ config: [] })] }))) {
        const columns = ['id', ...Object.entries(fields).map(([name, { fieldName }]) => fieldName ?? name)]
        // Throws for a table or a column that is not there.
        assert.deepEqual(
          await database.query(sql`select ${sql.join(columns.map(name => sql.id(modelName, name)))} from ${sql.id(modelName)}`),
          [],
        )
      }
    })

    it('are read and written as better-auth means it', async t => {
      const { database, close } = await openRelayDatabase(readConfig(await testSettings(t, kind)))
      t.after(close)
      await createMemberTables(database)
      const adapter = databaseAdapter(database)({ ...names })
      const add = (name: string, seconds: number) =>
        adapter.create({
          model: 'user',
          data: { name, email: `${name}@example.com`, emailVerified: name === 'a', createdAt: at(seconds), updatedAt: at(seconds) },
        })
      for (const [n, name] of ['a', 'b', 'c'].entries()) await add(name, n)
      const find = async (where: Parameters<typeof adapter.findMany>[0]['where'], more = {}) =>
        (
          await adapter.findMany<{ name: string }>({ model: 'user', where, sortBy: { field: 'createdAt', direction: 'desc' }, ...more })
        ).map(({ name }) => name)
      const one = await adapter.findOne<{ emailVerified: boolean; createdAt: Date; image: null }>({
        model: 'user',
        where: [{ field: 'email', value: 'a@example.com' }],
      })
      assert.deepEqual([one?.emailVerified, one?.createdAt, one?.image], [true, at(0), null])
      assert.deepEqual(await find([{ field: 'createdAt', operator: 'gte', value: at(1) }]), ['c', 'b'])
      assert.deepEqual(await find([{ field: 'name', operator: 'in', value: ['a', 'c'] }]), ['c', 'a'])
      assert.deepEqual(await find([{ field: 'name', operator: 'in', value: [] }]), [])
      assert.deepEqual(await find([{ field: 'name', operator: 'not_in', value: ['a'] }]), ['c', 'b'])
      assert.deepEqual(
        await find([
          { field: 'image', value: null },
          { field: 'emailVerified', value: false },
        ]),
        ['c', 'b'],
      )
      assert.deepEqual(
        await find([
          { field: 'name', value: 'a', connector: 'OR' },
          { field: 'name', value: 'b', connector: 'OR' },
        ]),
        ['b', 'a'],
      )
      assert.deepEqual(await find([], { limit: 1, offset: 1 }), ['b'])
      assert.equal(await adapter.count({ model: 'user', where: [{ field: 'name', operator: 'ne', value: 'a' }] }), 2)
      await adapter.update({ model: 'user', where: [{ field: 'name', value: 'b' }], update: { emailVerified: true } })
      assert.equal(await adapter.updateMany({ model: 'user', where: [{ field: 'emailVerified', value: true }], update: { image: 'x' } }), 2)
      assert.equal(await adapter.deleteMany({ model: 'user', where: [{ field: 'image', value: 'x' }] }), 2)
      await assert.rejects(find([{ field: 'name', operator: 'contains', value: 'x' }]), TypeError)
    })

    it('give a code that is used up to one of those who want it', async t => {
      const { database, close } = await openRelayDatabase(readConfig(await testSettings(t, kind)))
      t.after(close)
      await createMemberTables(database)
      const adapter = databaseAdapter(database)({ ...names })
      await adapter.create({
        model: 'verification',
        data: { identifier: 'state', value: 'x', expiresAt: at(9), createdAt: at(0), updatedAt: at(0) },
      })
      const where = [{ field: 'identifier', value: 'state' }]
      const taken = await Promise.all(
        Array.from({ length: 5 }, () => adapter.consumeOne<{ value: string }>({ model: 'verification', where })),
      )
      assert.deepEqual(
        taken.filter(row => row !== null).map(row => row.value),
        ['x'],
      )
    })
  })
