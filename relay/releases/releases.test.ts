import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { ActivationEvent } from '../../core/contract/releases.ts'
import type { Manifest } from '../../core/release/manifest.ts'
import { until } from '../../core/until.fixture.ts'
import { openRelayReleases } from '../../main/publish/relay-releases.ts'
import { fetchPieces } from '../../main/publish/transfer.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { databases, joinAs, owner, startTestRelay, type Teardown, type TestRelay, type TestRelayOptions } from '../relay.fixture.ts'
import type { ReleaseHooks, Unpacked } from './activate.ts'
import { all, config, impatient, makeRelease, requestWith, sendNow, startPublishing } from './releases.fixture.ts'

type Contents = Record<string, string | Uint8Array>
const ticket = (fields: string[]) =>
  JSON.stringify({ name: 'Ticket', type: 'object', properties: Object.fromEntries(fields.map(name => [name, { type: 'string' }])) })

type Hooks = Partial<ReleaseHooks>
type Place = Awaited<ReturnType<typeof startPublishing>> & { hooksOf: Map<string, Hooks> }

/** A relay whose hooks each test sets for its own app. */
async function startPlace(t: Teardown, options: TestRelayOptions = {}): Promise<Place> {
  const hooksOf = new Map<string, Hooks>()
  const hooks = {
    prepare: async (release: Unpacked) => hooksOf.get(release.appId)?.prepare?.(release),
    onActivated: async (appId: string, releaseId: string) => hooksOf.get(appId)?.onActivated?.(appId, releaseId),
  }
  return { ...(await startPublishing(t, { ...options, hooks })), hooksOf }
}

let apps = 0

/** An app that nobody has published yet, and ways to publish it. */
function newApp({ releases, relay, hooksOf }: Place, hooks: Hooks = {}) {
  const appId = `support-desk-${(apps += 1)}`
  const activated: string[] = []
  hooksOf.set(appId, { onActivated: async (_, id) => void activated.push(id), ...hooks })

  async function send(contents: Contents) {
    const { files, bytesOf } = makeRelease(contents)
    return sendNow({ relay: releases, appId, name: 'Support desk', files, bytesOf })
  }

  async function publish(contents: Contents, base: number | null, title = 'A version'): Promise<ActivationEvent[]> {
    const { releaseId } = await send(contents)
    return all(releases.publish(appId, { releaseId, base, title }))
  }

  const live = async () => {
    const known = await releases.app(appId)
    return known && { live: known.live, numbers: known.versions.map(({ number }) => number) }
  }
  const folder = (releaseId: string) => join(relay.settings['PLUGBOARD_RELAY_DATA'] ?? '', 'releases', appId, releaseId)
  return { appId, activated, send, publish, live, folder }
}

const last = (events: readonly ActivationEvent[]) => events.at(-1)
const failure = (events: readonly ActivationEvent[]) => {
  const event = last(events)
  assert.equal(event?.type, 'failed')
  return event.type === 'failed' ? event.error : assert.fail()
}
const first = { 'config.jsonc': config('Support desk'), 'entities/Ticket.jsonc': ticket(['title']) }
const second = { ...first, 'entities/Ticket.jsonc': ticket(['title', 'region']) }

for (const kind of databases) {
  describe(`publishing to a relay on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Place
    before(async () => (place = await startPlace({ after: end => void ends.unshift(end) }, { kind })))
    after(async () => {
      for (const end of ends) await end()
    })

    it('goes step by step, and lays the files down read-only', async () => {
      const { appId, publish, live, activated, folder } = newApp(place)
      assert.equal(await live(), null)
      const events = await publish({ ...first, 'empty.txt': '', 'deep/er/file.bin': new Uint8Array([0, 255, 10]) }, null, 'First version')
      assert.deepEqual(
        events.map(event => (event.type === 'step' ? event.step : event.type)),
        ['checked', 'unpacked', 'prepared', 'live'],
      )
      const event = last(events)
      assert.ok(event?.type === 'live' && event.changed)
      assert.partialDeepStrictEqual(event.version, { number: 1, title: 'First version', by: 'Olga Owner' })
      assert.deepEqual(activated, [event.version.releaseId])
      const root = folder(event.version.releaseId)
      assert.deepEqual((await readdir(root)).sort(), ['config.jsonc', 'deep', 'empty.txt', 'entities'])
      assert.deepEqual([...(await readFile(join(root, 'deep/er/file.bin')))], [0, 255, 10])
      assert.equal((await stat(join(root, 'config.jsonc'))).mode & 0o777, 0o444)
      const listed = (await place.releases.apps()).find(({ id }) => id === appId)
      assert.partialDeepStrictEqual(listed, {
        id: appId,
        name: 'Support desk',
        url: `${place.relay.url}/a/support-desk`,
        live: { number: 1 },
      })
    })

    it('changes nothing the second time', async () => {
      const { publish, live, activated, send } = newApp(place)
      await publish(first, null)
      assert.equal((await send(first)).totalBytes, 0)
      const again = last(await publish(first, 1))
      assert.ok(again?.type === 'live' && !again.changed && again.version.number === 1)
      assert.deepEqual(await live(), { live: 1, numbers: [1] })
      assert.equal(activated.length, 1)
    })

    it('lets only new pieces travel', async () => {
      const { publish, send } = newApp(place)
      const old = { ...first, 'old.txt': `old ${kind}` }
      await publish(old, null)
      assert.equal((await send({ ...old, 'new.txt': `new ${kind}` })).totalBytes, `new ${kind}`.length)
      assert.equal((await send({ ...old, 'copy.txt': `old ${kind}` })).totalBytes, 0)
    })

    it('answers a publish whose answer was lost with what it did', async () => {
      const { publish } = newApp(place)
      await publish(first, null)
      const repeated = last(await publish(first, null))
      assert.ok(repeated?.type === 'live' && !repeated.changed && repeated.version.number === 1)
    })

    it('shows who was first to one who publishes over a version they have not seen', async () => {
      const { publish, live } = newApp(place)
      await publish(first, null, 'Hers')
      const error = failure(await publish(second, null))
      assert.equal(error.code, 'conflict')
      assert.match(error.message, /Olga Owner made version 1 live meanwhile \(“Hers”\)/)
      assert.deepEqual(await live(), { live: 1, numbers: [1] })
      assert.equal(last(await publish(second, 1))?.type, 'live')
    })

    it('lets one of many win who publish at the same moment, and tells the others', async () => {
      const { publish, live } = newApp(place)
      await publish(first, null)
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, at) => publish({ ...first, 'entities/Ticket.jsonc': ticket([`field${at}`]) }, 1)),
      )
      const ends = all.map(events => last(events)?.type)
      assert.deepEqual(ends.toSorted(), ['failed', 'failed', 'failed', 'failed', 'failed', 'live'])
      assert.deepEqual(await live(), { live: 2, numbers: [2, 1] })
    })

    it('rolls back to an earlier version and forward again', async () => {
      const { releases } = place
      const { appId, publish, live, activated } = newApp(place)
      await publish(first, null)
      await publish(second, 1)
      const back = last(await all(releases.rollBack(appId, { number: 1, base: 2 })))
      assert.ok(back?.type === 'live' && back.changed && back.version.number === 1)
      assert.deepEqual(await live(), { live: 1, numbers: [2, 1] })
      assert.equal(failure(await all(releases.rollBack(appId, { number: 2, base: 2 }))).code, 'conflict')
      assert.equal(last(await all(releases.rollBack(appId, { number: 2, base: 1 })))?.type, 'live')
      assert.equal(activated.length, 4)
      await assert.rejects(all(releases.rollBack(appId, { number: 9, base: 2 })), /no version 9/)
    })

    it('publishes the files of an earlier version as a new one', async () => {
      const { publish, live } = newApp(place)
      await publish(first, null)
      await publish(second, 1)
      await publish(first, 2)
      assert.deepEqual(await live(), { live: 3, numbers: [3, 2, 1] })
    })

    it('keeps the old version live whatever fails before the switch', async () => {
      const why = { failing: false }
      const prepare = async () => {
        if (why.failing) throw new Error('no room for a table')
      }
      const { publish, live, activated } = newApp(place, { prepare })
      await publish(first, null)
      const broken = failure(await publish({ ...first, 'entities/Ticket.jsonc': '{ "name": "Ticket",' }, 1))
      assert.match(broken.message, /entities\/Ticket\.jsonc, line 1: .*publish again/i)
      assert.deepEqual(broken.action, { kind: 'open', path: 'entities/Ticket.jsonc', line: 1 })
      why.failing = true
      assert.equal(failure(await publish(second, 1)).code, 'internal')
      assert.deepEqual(await live(), { live: 1, numbers: [1] })
      why.failing = false
      assert.equal(last(await publish(second, 1))?.type, 'live')
      assert.equal(activated.length, 2)
    })

    it('is done once the switch is, even when the app stumbles as it starts', async () => {
      const onActivated = async () => {
        throw new Error('it did not start')
      }
      const { publish, live } = newApp(place, { onActivated })
      assert.equal(last(await publish(first, null))?.type, 'live')
      assert.deepEqual(await live(), { live: 1, numbers: [1] })
      assert.ok(place.relay.lines.some(line => line.includes('it did not start')))
    })

    it('does not make live what is not there whole', async () => {
      const { releases } = place
      const { appId } = newApp(place)
      const { files } = makeRelease({ 'a.txt': `a ${kind}`, 'b.txt': `b ${kind}` })
      const { releaseId, missing } = await releases.propose(appId, 'Support desk', files)
      assert.equal(missing.length, 2)
      const [event] = await all(releases.publish(appId, { releaseId, base: null, title: 'x' }))
      assert.deepEqual(event, { type: 'missing', missing })
      assert.equal(await releases.app(appId), null)
    })

    it('gives a teammate every byte of it', async () => {
      const { releases } = place
      const { appId, publish } = newApp(place)
      const contents: Contents = { ...first, 'empty.txt': '', 'blob.bin': crypto.getRandomValues(new Uint8Array(60_000)) }
      await publish(contents, null)
      const known = await releases.app(appId)
      const files = await releases.manifest(appId, known?.versions[0]?.releaseId ?? '')
      const found = new Map<string, Uint8Array>()
      await fetchPieces(releases, appId, files, (hash, bytes) => void found.set(hash, bytes), impatient())
      for (const { path, sha256 } of files) assert.deepEqual(Buffer.from(found.get(sha256) ?? []), Buffer.from(contents[path] ?? 'x'), path)
    })
  })
}

describe('who may publish', () => {
  it('is an editor; a viewer may look, and nobody without a desktop’s token anything', async t => {
    const place = await startPlace(t)
    const { relay, browser } = place
    const { appId, publish } = newApp(place)
    await publish(first, null)
    const viewer = await joinAs(relay, browser, { email: 'vera@example.com', role: 'viewer' })
    const { access } = await signInDesktop(relay.url, viewer)
    const theirs = openRelayReleases(requestWith(() => relay.url, access))
    assert.equal((await theirs.app(appId))?.live, 1)
    const { files } = makeRelease(second)
    await assert.rejects(theirs.propose(appId, 'Support desk', files), {
      code: 'forbidden',
      message: /As a viewer you may not publish apps/,
    })
    await assert.rejects(all(theirs.rollBack(appId, { number: 1, base: 1 })), { code: 'forbidden' })
    const known = await theirs.app(appId)
    const releaseId = known?.versions[0]?.releaseId ?? ''
    await assert.rejects(theirs.send(appId, releaseId, new Uint8Array(1)), { code: 'forbidden' })
    const nobody = openRelayReleases(requestWith(() => relay.url, 'x'.repeat(43)))
    for (const attempt of [
      () => nobody.apps(),
      () => nobody.app(appId),
      () => nobody.manifest(appId, releaseId),
      () => nobody.propose(appId, 'x', files),
      () => nobody.send(appId, releaseId, new Uint8Array(1)),
      () => all(nobody.fetch(appId, [])),
      () => all(nobody.publish(appId, { releaseId, base: 1, title: 'x' })),
      () => all(nobody.rollBack(appId, { number: 1, base: 1 })),
    ])
      await assert.rejects(attempt(), { code: 'unauthorized' })
  })

  it('is told in the audit log, with what became live', async t => {
    const place = await startPlace(t)
    const { releases, relay } = place
    const { appId, publish } = newApp(place)
    await publish(first, null)
    await publish(second, 1)
    await all(releases.rollBack(appId, { number: 1, base: 2 }))
    await relay.close()
    const rows = auditOf(relay.settings)
    const name = 'Support desk'
    assert.deepEqual(rows, [`app.published ${name} version 1`, `app.published ${name} version 2`, `app.rolled_back ${name} version 1`])
  })
})

const openFile = (settings: Record<string, string>) => new DatabaseSync(join(settings['PLUGBOARD_RELAY_DATA'] ?? '', 'relay.db'))

function auditOf(settings: Record<string, string>): string[] {
  const file = openFile(settings)
  const rows = file.prepare(`select action, subject, detail from audit where action like 'app.%' order by id`).all()
  file.close()
  return rows.map(row => `${row['action']} ${row['subject']} ${row['detail']}`)
}

describe('another workspace on the same relay', () => {
  it('has no part in an app: its id is taken, its releases are not there, its pieces neither', async t => {
    const place = await startPlace(t)
    const { relay } = place
    const { appId, publish } = newApp(place)
    await publish(first, null)
    await relay.close()
    moveAppAway(relay.settings)
    const again = await startTestRelay(t, { settings: relay.settings })
    const { access } = await signInAgain(again)
    const theirs = openRelayReleases(requestWith(() => again.url, access))
    const { files } = makeRelease(first)
    await assert.rejects(theirs.propose(appId, 'Mine', files), { code: 'conflict', message: /belongs to an app of another workspace/ })
    assert.deepEqual(await theirs.freePlace(appId, 'Support desk'), { id: `${appId}-2`, url: `${again.url}/a/support-desk-2` })
    assert.equal(await theirs.app(appId), null)
    assert.deepEqual(await theirs.apps(), [])
    const releaseId = (await theirs.propose('another', 'Mine', files)).releaseId
    await assert.rejects(theirs.manifest(appId, releaseId), { code: 'not_found' })
    await assert.rejects(all(theirs.fetch(appId, [{ sha256: files[0]?.sha256 ?? '', offset: 0 }])), { code: 'not_found' })
    await assert.rejects(all(theirs.rollBack(appId, { number: 1, base: 1 })), { code: 'not_found' })
    assert.equal((await theirs.propose('another', 'Mine', files)).missing.length, files.length, 'what others hold is not told')
  })
})

/** As if the app had been published in another workspace. */
function moveAppAway(settings: Record<string, string>): void {
  const file = openFile(settings)
  file.exec(`pragma foreign_keys = off;
    insert into workspaces (id, name, created_at) values ('other', 'Other', ${Number.MAX_SAFE_INTEGER});
    update apps set workspace_id = 'other'; update pieces set workspace_id = 'other'; update piece_parts set workspace_id = 'other'`)
  file.close()
}

async function signInAgain(relay: TestRelay) {
  const browser = relay.browser()
  await browser.post('/sign-in', { email: owner.email, password: owner.password })
  return signInDesktop(relay.url, browser)
}

describe('versions that are too old to go back to', () => {
  it('are forgotten, with their files on this relay, and never the one that is live', async t => {
    let now = Date.now()
    const place = await startPlace(t, { now: () => now, settings: { RELAY_KEEP_VERSIONS: '2' } })
    const { appId, folder } = newApp(place)
    const notes = (text: string) => ({ ...first, 'notes.md': text })
    async function publish(text: string, base: number | null): Promise<string> {
      now += 25 * 60 * 60_000
      const { access } = await signInDesktop(place.relay.url, place.browser)
      const releases = openRelayReleases(requestWith(() => place.relay.url, access))
      const { files, bytesOf } = makeRelease(notes(text))
      const { releaseId } = await sendNow({
        relay: releases,
        appId,
        name: 'Desk',
        files,
        bytesOf,
      })
      assert.equal(last(await all(releases.publish(appId, { releaseId, base, title: text })))?.type, 'live')
      return releaseId
    }
    const gone = await publish('one', null)
    const kept = await publish('two', 1)
    await publish('three', 2)
    const { access } = await signInDesktop(place.relay.url, place.browser)
    const releases = openRelayReleases(requestWith(() => place.relay.url, access))
    assert.deepEqual(
      (await releases.app(appId))?.versions.map(({ number }) => number),
      [3, 2],
    )
    // The author need not wait for it.
    await until(() => !existsSync(folder(gone)))
    assert.ok((await readdir(folder(kept))).length > 0)
    const { missing } = await releases.propose(appId, 'Desk', makeRelease(notes('one')).files)
    assert.equal(missing.length, 1, 'only its own note is gone')
    assert.equal(last(await all(releases.rollBack(appId, { number: 2, base: 3 })))?.type, 'live')
    assert.equal((await releases.app(appId))?.live, 2)
  })
})

describe('what is begun and never published', () => {
  it('is forgotten after a day, with pieces that nothing else holds', async t => {
    let now = Date.now()
    const place = await startPlace(t, { now: () => now })
    const { relay, browser } = place
    const { appId, publish, send } = newApp(place)
    await publish(first, null)
    const { releaseId } = await send(second)
    now += 25 * 60 * 60_000
    const { access } = await signInDesktop(relay.url, browser)
    const later = openRelayReleases(requestWith(() => relay.url, access))
    const missingOf = async (files: Manifest) => (await later.propose(appId, 'Support desk', files)).missing.length
    assert.equal(await missingOf(makeRelease({ ...first, 'x.txt': 'x' }).files), 1)
    await assert.rejects(later.manifest(appId, releaseId), { code: 'not_found' })
    assert.equal(await missingOf(makeRelease(second).files), 1)
    assert.equal(await missingOf(makeRelease(first).files), 0, 'what is live is kept')
  })
})
