import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { readConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { saveAccount } from '../own-accounts/rows.ts'
import { databases } from '../relay.fixture.ts'
import { rowsOf, rowWith } from './page.fixture.ts'
import { shareWorkspace } from './suite.fixture.ts'

for (const kind of databases)
  describe(`accounts that a relay holds, on ${kind}`, () => {
    const { place, as } = shareWorkspace(kind, [1])

    it('are disconnected on a page, and their desktop has them no more either', async () => {
      await place().give('c2')
      const editor = as('editor')
      assert.match((await editor.get('/connections/c2/disconnect')).text, /team@example\.com/)
      assert.match((await editor.post('/connections/c2/disconnect', {})).text, /role="status">[^]*Disconnected/)
      assert.equal((await editor.post('/connections/c2/disconnect', {})).status, 404, 'it is gone')
      assert.equal((await editor.get('/connections/unknown/disconnect')).status, 404)
      assert.deepEqual(
        rowsOf(await editor.get('/connections'))
          .map(row => row[1])
          .filter(Boolean)
          .toSorted(),
        ['– Disconnected What works with it waits until it is connected again.', '✓ Connected'].toSorted(),
      )
    })

    it('of people are counted, never told as whom, and ended by an admin', async () => {
      const { database, close } = await openRelayDatabase(readConfig(place().relay.settings))
      const [custody] = await database.query(sql`select workspace_id from custody`)
      const workspaceId = String(custody?.['workspace_id'])
      await database.transaction(function* () {
        for (const name of ['vera', 'walter'])
          yield* saveAccount({
            connectionId: `own-${name}`,
            workspaceId,
            appId: 'support-desk',
            userId: name,
            email: `${name}@customer.example`,
            connector: 'github',
            practice: false,
            account: { id: name, label: `${name} at the provider` },
            facts: {},
            connectedAt: Date.now(),
          })
      })
      await close()
      assert.deepEqual(rowWith(await as('viewer').get('/connections'), 'GitHub')?.slice(0, 4), [
        'GitHub',
        'Support desk',
        '▲ 2 need reconnect',
        '2',
      ])
      const at = '/connections/users/support-desk/github'
      const [shown, full] = [await as('editor').get(at), await as('admin').get(at)]
      assert.match(rowWith(shown, 'vera@customer.example')?.[1] ?? '', /Needs reconnect Only they can connect it again/)
      assert.doesNotMatch(full.text, /at the provider/)
      assert.deepEqual(
        [shown, full].map(({ text }) => text.match(/End…/g)?.length ?? 0),
        [0, 2],
      )

      const end = `${at}/own-vera/end`
      for (const name of ['editor', 'viewer'] as const) {
        assert.equal((await as(name).get(end)).status, 403)
        assert.equal((await as(name).post(end, {})).status, 403)
      }
      assert.match((await as('admin').get(end)).text, /vera@customer\.example/)
      const after = await as('admin').post(end, {})
      assert.deepEqual([after.url.pathname, rowWith(after, 'vera@'), rowWith(after, 'walter@')?.length], [at, undefined, 5])
      assert.equal((await as('admin').post(end, {})).status, 404)
      assert.match(
        rowWith(await as('admin').get('/audit?kind=connections'), 'Ended the account')?.join(' ') ?? '',
        /The admin .* GitHub vera@customer\.example Support desk$/,
      )
    })
  })
