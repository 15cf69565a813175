import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { startProvider } from '../../tokens/provider.fixture.ts'
import { publicHalf } from '../../core/custody/sealed.ts'
import { databases, testSettings } from '../relay.fixture.ts'
import { openNode } from './node.fixture.ts'
import { caller, handOver } from './offering.fixture.ts'

for (const kind of databases)
  describe(`three processes of a relay, on ${kind},`, () => {
    it('cause one exchange for a hundred callers, and keep no token in clear', async t => {
      const provider = await startProvider(t, { kind: 'strict' })
      const settings = await testSettings(t, kind)
      const wish = {
        folder: settings['PLUGBOARD_RELAY_DATA'] ?? '',
        databaseUrl: settings['DATABASE_URL'] ?? null,
        origin: new URL(provider.party.server.tokenEndpoint).origin,
      }
      const node = await openNode(wish)
      // The database may be gone by then.
      t.after(() => node.close().catch(() => {}))
      // It is over when it arrives, so everyone needs a new one.
      const grant = { ...provider.signIn(), accessExpiresAt: 1 }
      const ask = (request: Parameters<typeof node.custody.answer>[1]) => node.custody.answer(caller, request)
      assert.equal((await handOver(ask, publicHalf(node.key), 'c1', grant, provider.party.client))?.kind, 'Active')

      const slow = Promise.withResolvers<void>()
      provider.once({ delay: slow.promise })
      const arrived = provider.arrival()
      const children = [1, 2, 3].map(() => fork(join(import.meta.dirname, 'node.fixture.ts'), [JSON.stringify(wish)]))
      t.after(() => children.forEach(child => child.kill('SIGKILL')))
      await Promise.all(children.map(child => once(child, 'message')))
      const answers = children.map(child => once(child, 'message'))
      children.forEach((child, n) => child.send({ callers: n === 0 ? 34 : 33 }))
      await arrived
      slow.resolve()
      const got = (await Promise.all(answers)).flatMap(([message]) => (message as { got: string[] }).got)

      assert.deepEqual([got.length, new Set(got).size], [100, 1])
      assert.deepEqual(provider.seen, { requests: 1, exchanges: 1, replays: 0 })
      const kept = await Promise.all(
        ['custody', 'connection_tokens', 'audit'].map(table => node.database.query(sql`select * from ${sql.ref(table)}`)),
      )
      for (const token of provider.issued) assert.equal(JSON.stringify(kept).includes(token), false)
    })
  })
