import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { startProvider } from '../../tokens/provider.fixture.ts'
import { publicHalf } from '../../core/custody/sealed.ts'
import { AppError } from '../../core/errors.ts'
import { databases, onPostgres, startTestRelay, testSettings, type DatabaseKind } from '../relay.fixture.ts'
import { openNode } from './node.fixture.ts'
import { caller, handOver } from './offering.fixture.ts'

type Node = Awaited<ReturnType<typeof openNode>>

/** A database, and nodes on it that keep their ledger in the folders that are named. */
async function createPlace(t: TestContext, kind: DatabaseKind) {
  const provider = await startProvider(t, { kind: 'stable' })
  const nodes = new Set<Node>()
  // Before their database is dropped.
  t.after(async () => void (await Promise.all([...nodes].map(end))))
  // The key of the nodes, also for a whole relay.
  const settings: Record<string, string> = { ...onPostgres(''), ...(await testSettings(t, kind)) }
  const folder = settings['PLUGBOARD_RELAY_DATA'] ?? ''
  async function end(node: Node): Promise<void> {
    nodes.delete(node)
    await node.close()
  }
  const ledgerFolder = (name: string) => join(folder, name)
  return {
    settings,
    ledgerFolder,
    end,
    async node(ledger: string): Promise<Node> {
      const node = await openNode({
        folder,
        databaseUrl: settings['DATABASE_URL'] || null,
        origin: new URL(provider.party.server.tokenEndpoint).origin,
        ledgerFolder: ledgerFolder(ledger),
      })
      nodes.add(node)
      return node
    },
    async share(node: Node): Promise<void> {
      const ask = (request: Parameters<Node['custody']['answer']>[1]) => node.custody.answer(caller, request)
      const answer = await handOver(ask, publicHalf(node.key), 'c1', provider.signIn(), provider.party.client)
      assert.equal(answer?.kind, 'Active')
    },
  }
}

const serves = async ({ custody }: Node): Promise<boolean> =>
  custody.accessToken('c1').then(
    () => true,
    (cause: unknown) => {
      assert.match(AppError.from(cause).message, /restored from a backup/)
      return false
    },
  )

for (const kind of databases)
  describe(`a relay on ${kind} that starts beside a ledger`, () => {
    it('of its own is refused while another has shared connections, which go on', async t => {
      const { node, share } = await createPlace(t, kind)
      const first = await node('one')
      await share(first)
      await assert.rejects(node('two'), { code: 'conflict', message: /ledger in .*two is not the one.*RELAY_LEDGER/ })
      assert.equal(await serves(first), true)
      assert.equal(await serves(await node('one')), true)
    })

    it('that takes the place of a lost one starts when it is told so, and connections wait for their desktops', async t => {
      const { node, end, share, settings, ledgerFolder } = await createPlace(t, kind)
      const before = await node('one')
      await share(before)
      await end(before)
      await rm(ledgerFolder('one'), { recursive: true })
      const start = (more = {}) => startTestRelay(t, { settings: { ...settings, RELAY_LEDGER: ledgerFolder('two'), ...more } })
      const refused = await start().then(
        () => assert.fail('It started.'),
        (cause: unknown) => AppError.from(cause),
      )
      assert.equal(refused.code, 'conflict')
      const [, lost] = /RELAY_LOST_LEDGER to (\S+),/.exec(refused.message) ?? []
      await assert.rejects(start({ RELAY_LOST_LEDGER: 'yes' }), { code: 'conflict' })
      const relay = await start({ RELAY_LOST_LEDGER: lost })
      assert.match(relay.lines.join('\n'), /the ledger is lost/)
      await relay.close()
      assert.equal(await serves(await node('two')), false)
      await assert.rejects(node('three'), { code: 'conflict' })
    })

    it('from before ledgers had names goes on, and knows it from then on', async t => {
      const { node, end, share, ledgerFolder } = await createPlace(t, kind)
      const before = await node('one')
      await share(before)
      await before.database.query(sql`delete from custody_ledger`)
      await end(before)
      await rm(join(ledgerFolder('one'), 'id'))
      assert.equal(await serves(await node('one')), true)
      await assert.rejects(node('two'), { code: 'conflict' })
    })

    it('goes on from a backup of the database that is older than the name of the ledger', async t => {
      const { node, end, share } = await createPlace(t, kind)
      const before = await node('one')
      await share(before)
      await before.database.query(sql`delete from custody_ledger`)
      await end(before)
      assert.equal(await serves(await node('one')), true)
    })

    it('of its own may start before anything is shared, and the two are told apart after it', async t => {
      const { node, share } = await createPlace(t, kind)
      await node('one')
      await share(await node('two'))
      await assert.rejects(node('one'), { code: 'conflict' })
      assert.equal(await serves(await node('two')), true)
    })
  })
