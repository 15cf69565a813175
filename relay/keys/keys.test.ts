import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { readConfig, type RelayConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { databases, testSettings, type DatabaseKind } from '../relay.fixture.ts'
import { createAudit } from '../audit/audit.ts'
import { firstWorkspace } from '../members/members.ts'
import { createMemberTables } from '../members/tables.ts'
import { createEnvelope, rotateKeys } from './envelope.ts'
import { prepareNextKey, readMasterKeys, type MasterKey, type MasterKeys } from './master.ts'
import { rotateMasterKey } from './rotate.ts'
import { keyIdOf } from './seal.ts'
import { publicKey, sessionSecret } from './secrets.ts'
import { createKeyTables } from './tables.ts'

const newKey = (): MasterKey => {
  const bytes = randomBytes(32)
  return { id: keyIdOf(bytes), bytes }
}
const alone = (current: MasterKey): MasterKeys => ({ current, all: [current] })

async function open(t: TestContext, kind: DatabaseKind) {
  const { database, close } = await openRelayDatabase(readConfig(await testSettings(t, kind)))
  t.after(close)
  await createKeyTables(database)
  return database
}

for (const kind of databases)
  describe(`what a relay keeps sealed, on ${kind}`, { concurrency: true }, () => {
    it('opens in its own workspace and context alone', async t => {
      const database = await open(t, kind)
      const envelope = createEnvelope(database, alone(newKey()))
      const sealed = await envelope.seal('w1', 'token of c1', 'very secret')
      assert.ok(!sealed.includes('secret') && !sealed.includes(Buffer.from('very secret').toString('base64url')))
      assert.equal(await envelope.open('w1', 'token of c1', sealed), 'very secret')
      assert.equal(await envelope.open('w2', 'token of c1', sealed), null)
      assert.equal(await envelope.open('w1', 'token of c2', sealed), null)
      await envelope.seal('w2', 'x', 'x')
      assert.equal(await envelope.open('w2', 'token of c1', sealed), null)
    })

    it('does not open when a byte was altered, or when it is no sealed text', async t => {
      const envelope = createEnvelope(await open(t, kind), alone(newKey()))
      const sealed = await envelope.seal('w', 'c', 'value')
      const [id = '', text = ''] = sealed.split('.')
      const bytes = Buffer.from(text, 'base64url')
      for (let at = 0; at < bytes.length; at++) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ 1
        assert.equal(await envelope.open('w', 'c', `${id}.${altered.toString('base64url')}`), null, `byte ${at}`)
      }
      for (const other of ['', '.', id, `${id}.`, `.${text}`, `other.${text}`]) assert.equal(await envelope.open('w', 'c', other), null)
    })

    it('gives nodes that start at once the same data key, secret and public key', async t => {
      const database = await open(t, kind)
      const masters = alone(newKey())
      const nodes = Array.from({ length: 4 }, () => createEnvelope(database, masters))
      const sealed = await Promise.all(nodes.map(node => node.seal('w', 'c', 'x')))
      assert.equal(new Set(sealed.map(text => text.split('.')[0])).size, 1)
      const found = await Promise.all(
        nodes.map(async node => [await sessionSecret(database, node), (await publicKey(database, node)).kid].join()),
      )
      assert.equal(new Set(found).size, 1)
    })

    it('opens all of it after a rotation, by running nodes and by new ones, and no longer by the old key', async t => {
      const database = await open(t, kind)
      const [old, next] = [newKey(), newKey()]
      const running = createEnvelope(database, alone(old))
      const before = await running.seal('w', 'c', 'before')
      assert.deepEqual(await rotateKeys(database, alone(old), next), { wrapped: 1, lost: 0 })
      assert.equal(await running.open('w', 'c', before), 'before')
      const restarted = createEnvelope(database, alone(next))
      assert.equal(await restarted.open('w', 'c', before), 'before')
      const after = await restarted.seal('w', 'c', 'after')
      assert.notEqual(after.split('.')[0], before.split('.')[0], 'what is new has a new data key')
      await assert.rejects(createEnvelope(database, alone(old)).open('w', 'c', before), { code: 'unavailable' })
      assert.deepEqual(await rotateKeys(database, alone(next), next), { wrapped: 2, lost: 0 }, 'and again')
    })

    it('loses only what the lost key protected: the rest goes on, and comes back with the key', async t => {
      const database = await open(t, kind)
      const [lost, fresh] = [newKey(), newKey()]
      const first = createEnvelope(database, alone(lost))
      const sealed = await first.seal('w', 'c', 'value')
      const secret = await sessionSecret(database, first)
      const second = createEnvelope(database, alone(fresh))
      assert.equal(await second.open('w', 'c', sealed), null)
      assert.equal(await second.openAll(), 2)
      assert.equal(await second.open('w', 'c', await second.seal('w', 'c', 'new')), 'new')
      assert.notEqual(await sessionSecret(database, second), secret)
      assert.deepEqual(await rotateKeys(database, alone(fresh), newKey()), { wrapped: 2, lost: 2 })
      assert.equal(await sessionSecret(database, createEnvelope(database, alone(lost))), secret)
    })

    it('keeps no key as it is', async t => {
      const database = await open(t, kind)
      const master = newKey()
      const envelope = createEnvelope(database, alone(master))
      await sessionSecret(database, envelope)
      const { x } = await publicKey(database, envelope)
      const kept = JSON.stringify([
        await database.query(sql`select * from data_keys`),
        await database.query(sql`select * from relay_secrets`),
      ])
      for (const encoding of ['base64', 'base64url', 'hex'] as const) assert.ok(!kept.includes(master.bytes.toString(encoding)))
      assert.ok(!kept.includes(await sessionSecret(database, envelope)) && !kept.includes(x))
    })
  })

describe('the master key', () => {
  async function place(t: TestContext): Promise<Pick<RelayConfig, 'dataFolder' | 'key' | 'newKey'>> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'relay-key-'))
    t.after(() => rm(dataFolder, { recursive: true, force: true }))
    return { dataFolder, key: null, newKey: null }
  }

  it('is made once, readable by its owner alone, and found again', async t => {
    const at = await place(t)
    const made = await Promise.all([readMasterKeys(at), readMasterKeys(at), readMasterKeys(at)])
    assert.equal(new Set(made.map(({ current }) => current.id)).size, 1, 'of processes that start at once all have the same')
    assert.equal((await stat(join(at.dataFolder, 'master.key'))).mode & 0o777, 0o600)
    const again = await readMasterKeys(at)
    assert.deepEqual([again.current.id, again.made], [made[0]?.current.id, null])
  })

  it('is never replaced because its file is damaged', async t => {
    const at = await place(t)
    await writeFile(join(at.dataFolder, 'master.key'), 'half a k')
    await assert.rejects(readMasterKeys(at), { code: 'unavailable', message: /is damaged\. Put its backup in its place/ })
    assert.equal(await readFile(join(at.dataFolder, 'master.key'), 'utf8'), 'half a k')
  })

  it('is there after a rotation that was cut off at any point', async t => {
    const at = await place(t)
    const before = (await readMasterKeys(at)).current
    const { next } = await prepareNextKey(at)
    const cut = await readMasterKeys(at)
    assert.deepEqual(
      cut.all.map(({ id }) => id),
      [before.id, next.id],
    )
    const again = await prepareNextKey(at)
    assert.equal(again.next.id, next.id, 'the second try leads to the same key')
    await again.finish()
    assert.deepEqual(
      (await readMasterKeys(at)).all.map(({ id }) => id),
      [next.id],
    )
  })

  it('comes from RELAY_KEY where that is set, and its rotation says what to do', async t => {
    const settings = await testSettings(t, 'SQLite')
    const [key, newKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
    await assert.rejects(rotateMasterKey(readConfig({ ...settings, RELAY_KEY: key })), { code: 'validation', message: /Set RELAY_NEW_KEY/ })
    const result = await rotateMasterKey(readConfig({ ...settings, RELAY_KEY: key, RELAY_NEW_KEY: newKey }))
    assert.deepEqual(result, {
      wrapped: 0,
      lost: 0,
      instruction: 'Set RELAY_KEY to the new key on every node, remove RELAY_NEW_KEY, and start the nodes again one by one.',
    })
  })

  it('is told in the log of the workspace when it was changed', async t => {
    const settings = readConfig(await testSettings(t, 'SQLite'))
    const { database, close } = await openRelayDatabase(settings)
    t.after(close)
    await createMemberTables(database)
    const workspace = await firstWorkspace(database, 'Northwind')
    await createKeyTables(database)
    await createEnvelope(database, await readMasterKeys(settings)).sealerOf(workspace.id)
    await rotateMasterKey(settings)
    const audit = await createAudit(database)
    assert.deepEqual(
      (await audit.list(workspace.id)).map(({ action, actor, subject }) => [action, actor, subject]),
      [['keys.rotated', null, '1 data key']],
    )
  })
})
