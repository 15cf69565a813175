import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { readConfig } from '../config.ts'
import { openRelayDatabase, type RelayDatabase } from '../database.ts'
import { createLog } from '../log.ts'
import { spawnRelay } from '../process.fixture.ts'
import { databases, testSettings, type DatabaseKind } from '../relay.fixture.ts'
import { openGround } from '../rooms/ground.ts'
import { createEnvelope, rotateKeys } from './envelope.ts'
import { prepareNextKey, readMasterKeys, type MasterKey, type MasterKeys } from './master.ts'
import { rotateMasterKey } from './rotate.ts'
import { keyIdOf } from './seal.ts'
import { sessionSecret } from './secrets.ts'
import { createKeyTables } from './tables.ts'

const newKey = (): MasterKey => {
  const bytes = randomBytes(32)
  return { id: keyIdOf(bytes), bytes }
}
const alone = (current: MasterKey): MasterKeys => ({ current, all: [current] })
const replaced = { code: 'unavailable', message: /^The master key of this relay was changed/ }

async function openTables(t: TestContext, kind: DatabaseKind) {
  const { database, close } = await openRelayDatabase(readConfig(await testSettings(t, kind)))
  t.after(close)
  await createKeyTables(database)
  return database
}

/** Settings before and after a rotation. With a key in the data folder they are the same. */
async function place(t: TestContext, kind: DatabaseKind) {
  // Closed before the database is dropped: what is to be done after a test is done in the order in which it was asked for.
  const opened: RelayDatabase[] = []
  t.after(async () => void (await Promise.all(opened.map(({ close }) => close()))))
  async function open(settings: Record<string, string>) {
    const databases = await openRelayDatabase(readConfig(settings))
    opened.push(databases)
    return databases
  }
  const before = await testSettings(t, kind)
  const key = randomBytes(32).toString('base64')
  return {
    before,
    rotating: { ...before, RELAY_NEW_KEY: key },
    after: { ...before, ...(before['RELAY_KEY'] && { RELAY_KEY: key }) },
    open,
    start: async (settings: Record<string, string>) => startNode(settings, await open(settings)),
  }
}

/** What a node that starts with these settings stands on, and what it logged. */
async function startNode(settings: Record<string, string>, databases: RelayDatabase) {
  const lines: string[] = []
  const log = createLog(line => lines.push(line))
  const masters = await readMasterKeys(readConfig(settings))
  const ground = await openGround({ name: 'Northwind', url: 'http://127.0.0.1', databases, masters, log, now: Date.now })
  const w = ground.workspace.id
  return {
    lines,
    secret: await sessionSecret(ground.database, ground.envelope),
    seal: (value: string) => ground.envelope.seal(w, 'c', value),
    open: (sealed: string) => ground.envelope.open(w, 'c', sealed),
  }
}

for (const kind of databases)
  describe(`a new master key while nodes run, on ${kind}`, { concurrency: true }, () => {
    it('loses nothing of a node that has used nothing yet', async t => {
      const { before, rotating, after, start } = await place(t, kind)
      const earlier = await (await start(before)).seal('earlier')
      const running = await start(before)
      const rotation = spawnRelay(t, rotating, ['rotate-key'])
      assert.equal(await rotation.exit, 0, rotation.lines.join('\n'))
      assert.equal(await running.open(earlier), 'earlier')
      const later = await running.seal('later')
      const restarted = await start(after)
      assert.deepEqual([await restarted.open(earlier), await restarted.open(later)], ['earlier', 'later'])
      assert.equal(restarted.secret, running.secret)
      assert.deepEqual(restarted.lines, [], 'no key is lost')
    })

    it('loses nothing of a relay that has only just been started for the first time', async t => {
      const { before, rotating, after, start } = await place(t, kind)
      const running = await start(before)
      await rotateMasterKey(readConfig(rotating))
      const sealed = await running.seal('value')
      const restarted = await start(after)
      assert.equal(await restarted.open(sealed), 'value')
      assert.deepEqual(restarted.lines, [])
    })

    it('loses nothing when the first keys of workspaces are made at that moment', async t => {
      const database = await openTables(t, kind)
      const [old, next] = [newKey(), newKey()]
      const node = createEnvelope(database, alone(old))
      const sealing = (w: string) =>
        node.seal(w, 'c', w).catch((error: { code?: string }) => {
          if (error.code === 'unavailable') return null
          throw error
        })
      const first = Array.from({ length: 15 }, (_, at) => sealing(`early ${at}`))
      const rotation = rotateKeys(database, alone(old), next)
      const second = Array.from({ length: 15 }, (_, at) => sealing(`late ${at}`))
      const sealed = await Promise.all([...first, ...second])
      await rotation
      const restarted = createEnvelope(database, alone(next))
      assert.equal(await restarted.openAll(), 0)
      for (const [at, text] of sealed.entries()) {
        const w = at < 15 ? `early ${at}` : `late ${at - 15}`
        if (text !== null) assert.equal(await restarted.open(w, 'c', text), w)
      }
      await assert.rejects(node.seal('w', 'c', 'x'), replaced)
    })

    it('tells a key that was changed from one that was lost', async t => {
      const database = await openTables(t, kind)
      const [gone, old, next] = [newKey(), newKey(), newKey()]
      const lost = await createEnvelope(database, alone(gone)).seal('w', 'c', 'lost')
      const running = createEnvelope(database, alone(old))
      const kept = await running.seal('w', 'c', 'kept')
      await rotateKeys(database, alone(old), next)
      const restarted = createEnvelope(database, alone(next))
      const newer = await restarted.seal('w', 'c', 'newer')
      assert.equal(await running.open('w', 'c', lost), null)
      assert.equal(await running.open('w', 'c', kept), 'kept')
      await assert.rejects(running.open('w', 'c', newer), replaced)
      const sealer = await running.sealerOf('w')
      assert.deepEqual([sealer.open('c', lost), sealer.open('c', kept)], [null, 'kept'])
      assert.throws(() => sealer.open('c', newer), replaced)
      assert.equal(await restarted.open('w', 'c', sealer.seal('c', 'sealed by the running one')), 'sealed by the running one')
      // A workspace of which this node knows no key.
      const other = await restarted.seal('w2', 'c', 'other')
      await assert.rejects(running.open('w2', 'c', other), replaced)
      await assert.rejects(running.sealerOf('w2'), replaced)
      await assert.rejects(running.seal('w2', 'c', 'x'), replaced)
      assert.equal(await restarted.openAll(), 1)
    })

    it('does not let a node start with the key before it, nor a second rotation begin there', async t => {
      const database = await openTables(t, kind)
      const [old, next, third] = [newKey(), newKey(), newKey()]
      const sealed = await createEnvelope(database, alone(old)).seal('w', 'c', 'value')
      await rotateKeys(database, alone(old), next)
      await assert.rejects(createEnvelope(database, alone(old)).openAll(), replaced)
      await assert.rejects(rotateKeys(database, alone(old), third), replaced)
      assert.equal(await createEnvelope(database, alone(next)).openAll(), 0)
      await rotateKeys(database, alone(next), third)
      await assert.rejects(createEnvelope(database, alone(old)).seal('w2', 'c', 'x'), replaced)
      // Back to a key from before: it is the one in use again.
      await rotateKeys(database, alone(third), old)
      const back = createEnvelope(database, alone(old))
      assert.equal(await back.openAll(), 0)
      assert.equal(await back.open('w', 'c', sealed), 'value')
      assert.equal(await back.open('w2', 'c', await back.seal('w2', 'c', 'new')), 'new')
    })

    it('lets nodes that have both keys make new ones under the right one, when it was cut off before its file was in place', async t => {
      const { before, rotating, after, open, start } = await place(t, kind)
      const config = readConfig(rotating)
      const sealed = await (await start(before)).seal('value')
      const { database } = await open(rotating)
      const { next, finish } = await prepareNextKey(config)
      await rotateKeys(database, await readMasterKeys(readConfig(before)), next)
      const between = createEnvelope(database, await readMasterKeys(config))
      const made = await between.seal('w2', 'c', 'made between')
      await finish()
      const restarted = await start(after)
      assert.equal(await restarted.open(sealed), 'value')
      assert.equal(await createEnvelope(database, await readMasterKeys(readConfig(after))).open('w2', 'c', made), 'made between')
      assert.deepEqual(restarted.lines, [])
    })
  })
