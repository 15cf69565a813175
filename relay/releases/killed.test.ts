import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import type { ActivationEvent } from '../../core/contract/releases.ts'
import { until } from '../../core/until.fixture.ts'
import { openRelayReleases } from '../../main/publish/relay-releases.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { spawnRelay } from '../process.fixture.ts'
import { createVisitor, entityFile, publishApp, signUp } from '../published/published.fixture.ts'
import { setUp, startTestRelay, testSettings } from '../relay.fixture.ts'
import { all, makeRelease, requestWith, sendNow } from './releases.fixture.ts'

const appId = 'desk'
const ticketOf = (...fields: string[]) => entityFile('Ticket', Object.fromEntries(fields.map(name => [name, { type: 'string' }])))
const first = { 'config.jsonc': JSON.stringify({ name: 'Desk', visibility: 'public' }), ...ticketOf('title') }
const second = { ...first, ...ticketOf('title', 'region'), 'functions/count/entry.ts': 'export default () => 2' }

/** A relay with one version live, of which there is a ticket, closed; what it is to be started with again, and how to publish to it. */
async function prepare(t: TestContext) {
  const settings = await testSettings(t, 'SQLite')
  const relay = await startTestRelay(t, { settings })
  const place = { url: relay.url }
  const { access } = await signInDesktop(relay.url, await setUp(relay))
  const releases = openRelayReleases(requestWith(() => place.url, access))
  async function publish(contents: Record<string, string>, base: number | null, follow?: (event: ActivationEvent) => void) {
    const { files, bytesOf } = makeRelease(contents)
    const sent = await sendNow({ relay: releases, appId, name: 'Desk', files, bytesOf })
    const events: ActivationEvent[] = []
    for await (const event of releases.publish(appId, { releaseId: sent.releaseId, base, title: 'A version' })) {
      events.push(event)
      follow?.(event)
    }
    return { end: events.at(-1), sentBytes: sent.totalBytes }
  }
  assert.equal((await publish(first, null)).end?.type, 'live')
  const vera = await signUp(`${relay.url}/a/desk`, 'vera@example.com')
  assert.equal((await vera.post('entities/Ticket', { title: 'Printer is on fire' })).status, 201)
  await relay.close()
  return { settings, place, releases, publish }
}

const program = join(import.meta.dirname, 'dying.fixture.ts')

/** The tickets that someone who opens the app sees now, and the fields that it knows of. */
async function look(url: string) {
  const visitor = createVisitor(`${url}/a/desk`)
  const { body } = await visitor.get('entities/Ticket')
  const described = JSON.stringify((await visitor.get('app')).body)
  return { titles: body.items.map((each: { title: string }) => each.title), knowsRegion: described.includes('region') }
}

for (const [at, live] of [
  ['before preparing', 1],
  ['between preparing and the switch', 1],
  ['after the switch', 2],
] as const)
  it(`a relay that is killed ${at} serves version ${live} when it is back, with its records, and takes the next publish`, async t => {
    const { settings, place, releases, publish } = await prepare(t)
    const dying = spawnRelay(t, { ...settings, DIE_AT: at }, [], program)
    place.url = await dying.url()
    await assert.rejects(publish(second, 1))
    await dying.exit
    const again = await startTestRelay(t, { settings })
    place.url = again.url
    assert.equal((await releases.app(appId))?.live, live)
    assert.deepEqual(await look(again.url), { titles: ['Printer is on fire'], knowsRegion: live === 2 })
    const { end, sentBytes } = await publish(second, live)
    assert.ok(end?.type === 'live')
    assert.deepEqual([end.version.number, end.changed, sentBytes], [2, live === 1, 0])
    assert.deepEqual(await look(again.url), { titles: ['Printer is on fire'], knowsRegion: true })
    assert.equal((await all(releases.rollBack(appId, { number: 1, base: 2 }))).at(-1)?.type, 'live')
  })

it('a relay that is killed before anyone was told of a version runs it when it is back, though nobody opens it', async t => {
  const { settings, place, releases } = await prepare(t)
  const dying = spawnRelay(t, { ...settings, DIE_AT: 'after the switch' }, [], program)
  place.url = await dying.url()
  const nap = { document: { dsl: '1.0.0', namespace: 'desk', name: 'nap', version: '1.0' }, do: [{ nap: { wait: 'PT1S' } }] }
  const trigger = { config: { trigger_type: 'scheduled', cron_expression: '0 9 * * *', timezone: 'UTC' } }
  const { files, bytesOf } = makeRelease({ ...first, 'workflows/nap.jsonc': JSON.stringify({ name: 'nap', trigger, definition: nap }) })
  const { releaseId } = await sendNow({
    relay: releases,
    appId: 'clock',
    name: 'Clock',
    files,
    bytesOf,
  })
  await assert.rejects(all(releases.publish('clock', { releaseId, base: null, title: 'A version' })))
  await dying.exit
  await startTestRelay(t, { settings })
  const relayTables = new DatabaseSync(join(settings['PLUGBOARD_RELAY_DATA'] ?? '', 'relay.db'), { readOnly: true })
  t.after(() => relayTables.close())
  await until(() => Number(relayTables.prepare(`select epoch from app_work where app = 'clock'`).get()?.['epoch'] ?? 0) > 0)
})

it('a node that is killed before it told of a version has told the other ones', async t => {
  const settings = await testSettings(t, 'Postgres')
  const there = await startTestRelay(t, { settings })
  const { access } = await signInDesktop(there.url, await setUp(there))
  const publishFrom = (url: string, field: string, base: number | null) =>
    publishApp(
      { releases: openRelayReleases(requestWith(() => url, access)) },
      { appId, name: 'Desk', visibility: 'public', files: ticketOf(field), base },
    )
  await publishFrom(there.url, 'title', null)
  assert.equal((await look(there.url)).knowsRegion, false)
  // As dead as a node can be after the switch: nothing is done any more.
  const here = await startTestRelay(t, { settings, hooks: { onActivated: async () => {} } })
  await publishFrom(here.url, 'region', 1)
  await until(async () => (await look(there.url)).knowsRegion)
})

describe('a relay that is killed while it unpacks', () => {
  it('leaves no half release: what is live is whole, and the next publish goes through', async t => {
    const { settings, place, releases, publish } = await prepare(t)
    const dying = spawnRelay(t, settings, [], program)
    place.url = await dying.url()
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`notes/${at}.md`, `note ${at}`]))
    await publish(
      { ...first, ...many },
      1,
      event => void (event.type === 'step' && event.step === 'checked' && dying.child.kill('SIGKILL')),
    ).catch(() => {})
    await dying.exit
    const again = await startTestRelay(t, { settings })
    place.url = again.url
    const known = await releases.app(appId)
    const { end } = await publish({ ...first, ...many }, known?.live ?? null)
    assert.ok(end?.type === 'live' && end.version.number === 2)
    const folder = join(settings['PLUGBOARD_RELAY_DATA'] ?? '', 'releases', appId, end.version.releaseId)
    assert.equal((await readdir(join(folder, 'notes'))).length, 400)
  })
})
