import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { frameHead } from '../../core/release/frames.ts'
import { releaseLimits } from '../../core/release/manifest.ts'
import { releaseIdOf, sha256Of } from '../../host/files/release-folder.ts'
import { openDatabase } from '../../host/store/database.ts'
import { sqliteEngine } from '../../host/store/sqlite-engine.ts'
import { tellError } from '../full-disk.ts'
import { createMemberTables } from '../members/tables.ts'
import { createPieces } from './pieces.ts'
import { all, config, makeRelease, requestWith, sendNow, startPublishing } from './releases.fixture.ts'
import { createReleaseTables } from './tables.ts'

const appId = 'desk'
const live = { 'config.jsonc': config('Desk'), 'notes.md': 'what is live' }
const next = { 'config.jsonc': config('Desk'), 'notes.md': 'what is next' }

/** What the relay says to a request that is no good: one sentence or two for a person, and nothing of its insides. */
async function refusal(response: Response): Promise<{ status: number; code: string }> {
  const body = (await response.json()) as { code: string; message: string; details?: string }
  assert.match(body.message, /^[A-Z“][^\n]{10,240}[.?”]$/)
  assert.doesNotMatch(body.message, /\bat \S+:\d+|node_modules|sqlite/i)
  return { status: response.status, code: body.code }
}

describe('what is no good for publishing', () => {
  const ends: (() => Promise<void> | void)[] = []
  let place: Awaited<ReturnType<typeof startPublishing>>
  let data = ''
  let atFirst: string[] = []
  const send = (path: string, init: RequestInit) => requestWith(() => place.relay.url, place.access)(`/api/relay/apps/${path}`, init)
  const post = (path: string, body: string | object) =>
    send(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  const put = (releaseId: string, body: Uint8Array<ArrayBuffer>) => send(`${appId}/releases/${releaseId}/pieces`, { method: 'PUT', body })
  const propose = (files: readonly unknown[]) => post(`${appId}/releases`, { name: 'Desk', files })
  const everything = async () => (await readdir(data, { recursive: true })).filter(path => !/\.db(-\w+)?$|^apps\b/.test(path)).sort()

  async function upload(contents: Record<string, string>) {
    const { files, bytesOf } = makeRelease(contents)
    const sent = await sendNow({ relay: place.releases, appId, name: 'Desk', files, bytesOf })
    return { ...sent, files }
  }
  async function publish(contents: Record<string, string>, base: number | null) {
    const { releaseId } = await upload(contents)
    return (await all(place.releases.publish(appId, { releaseId, base, title: 'A version' }))).at(-1)
  }

  before(async () => {
    place = await startPublishing({ after: end => void ends.unshift(end) })
    data = place.relay.settings['PLUGBOARD_RELAY_DATA'] ?? ''
    assert.equal((await publish(live, null))?.type, 'live')
    atFirst = await everything()
  })
  afterEach(async () => {
    const known = await place.releases.app(appId)
    assert.deepEqual([known?.live, known?.versions.length], [1, 1])
    assert.deepEqual(await everything(), atFirst, 'nothing was left on the disk')
    const folder = join(data, 'releases', appId, known?.versions[0]?.releaseId ?? '')
    assert.equal(await readFile(join(folder, 'notes.md'), 'utf8'), live['notes.md'])
  })
  after(async () => {
    for (const end of ends) await end()
  })

  it('are names that lead out of the app’s folder, or cannot be written everywhere', async () => {
    const names = [
      '../out.md',
      '/etc/out',
      'a/../../out.md',
      'a\\..\\out.md',
      'C:out.md',
      '.plugboard/app.db',
      '.env',
      'a//b',
      'con.txt',
      'a\0b',
      '',
    ]
    for (const path of names) {
      const { status, code } = await refusal(await propose([{ path, sha256: sha256Of('x'), size: 1, mode: '100644' }]))
      assert.deepEqual([status, code], [400, 'validation'], path)
    }
    assert.ok(!(await readdir(dirname(data))).includes('out.md'))
  })

  it('are links and programs, two files of one name, and files in another order', async () => {
    const file = (path: string, mode = '100644') => ({ path, sha256: sha256Of('x'), size: 1, mode })
    for (const files of [
      [file('a', '120000')],
      [file('a', '100755')],
      [file('A.md'), file('a.md')],
      [file('b'), file('a')],
      [file('a'), file('a/b')],
    ])
      assert.equal((await refusal(await propose(files))).code, 'validation')
  })

  it('is what is too large: a list, a file, all files, and one request', async () => {
    const file = (at: number, size: number) => ({
      path: `f${String(at).padStart(5, '0')}`,
      sha256: sha256Of(String(at)),
      size,
      mode: '100644',
    })
    const many = (count: number, size: number) => Array.from({ length: count }, (_, at) => file(at, size))
    for (const files of [many(1, releaseLimits.fileBytes + 1), many(41, releaseLimits.fileBytes), many(releaseLimits.files + 1, 1)])
      assert.equal((await refusal(await propose(files))).code, 'validation')
    assert.equal((await propose([...many(1, 1), 'x'.repeat(2_500_000)])).status, 413)
    const { releaseId } = await place.releases.propose(appId, 'Desk', makeRelease(next).files)
    assert.equal((await refusal(await put(releaseId, new Uint8Array(33_000_000)))).code, 'validation')
  })

  it('is what is cut off, or is something else', async () => {
    for (const body of ['', '{', '{"name":"Desk","files":', 'null', '[]', '{"name":"","files":[]}', { name: 'Desk' }])
      assert.deepEqual(await refusal(await post(`${appId}/releases`, body)), { status: 400, code: 'validation' })
    const { releaseId } = await place.releases.propose(appId, 'Desk', makeRelease(next).files)
    assert.equal((await refusal(await put(releaseId, Buffer.from('PK\x03\x04 this is a zip\n'.repeat(20))))).code, 'validation')
    for (const body of [
      {},
      { releaseId },
      { releaseId, base: '1', title: 'x' },
      { releaseId, base: 1, title: '' },
      { releaseId: '../x', base: 1, title: 'x' },
    ])
      assert.equal((await refusal(await post(`${appId}/versions`, body))).status, 400)
    const { files } = makeRelease({ 'notes.md': 'the second half of this never comes' })
    const half = await place.releases.propose(appId, 'Desk', files)
    const [piece] = half.missing
    assert.ok(piece)
    assert.equal((await put(half.releaseId, Buffer.concat([frameHead(piece), Buffer.from('the second half')]))).status, 200)
    const [event] = await all(place.releases.publish(appId, { releaseId: half.releaseId, base: 1, title: 'x' }))
    assert.deepEqual(event, { type: 'missing', missing: [{ ...piece, offset: 15 }] })
  })

  it('is content that is not what its name says: it is forgotten, and the true one is taken', async () => {
    const { files } = makeRelease(next)
    const { releaseId, missing } = await place.releases.propose(appId, 'Desk', files)
    const [piece] = missing
    assert.ok(piece)
    const forged = Buffer.concat([frameHead({ ...piece, offset: 0 }), Buffer.alloc(piece.size, 'x')])
    assert.equal((await refusal(await put(releaseId, forged))).code, 'validation')
    const [event] = await all(place.releases.publish(appId, { releaseId, base: 1, title: 'x' }))
    assert.deepEqual(event, { type: 'missing', missing })
    // A list of files whose id was made up.
    const madeUp = releaseIdOf(makeRelease({ 'made.up': 'x' }).files)
    assert.equal((await refusal(await put(madeUp, forged))).code, 'not_found')
  })

  it('is what was good before and comes again: it changes nothing, whatever is live by then', async () => {
    const other = { ...live, 'config.jsonc': config('Other') }
    const { releaseId } = await upload(other)
    const wish = { releaseId, base: null, title: 'Sent before anything was live' }
    for (let time = 0; time < 2; time += 1) {
      const end = (await all(place.releases.publish(appId, wish))).at(-1)
      assert.ok(end?.type === 'failed' && end.error.code === 'conflict')
    }
    const again = await upload(other)
    assert.deepEqual([again.releaseId, again.totalBytes], [releaseId, 0])
    const repeated = await publish(live, null)
    assert.ok(repeated?.type === 'live' && !repeated.changed)
    // What belongs to one app is nothing under the id of another.
    const [event] = await all(place.releases.publish('another', { releaseId, base: null, title: 'x' }))
    assert.ok(event?.type === 'failed' && event.error.code === 'not_found')
  })

  it('is a folder that cannot be written: what is live serves on, and it works once it can be', async () => {
    const [folder, aside] = [join(data, 'releases', appId), join(data, 'aside')]
    await rename(folder, aside)
    await writeFile(folder, 'no folder')
    const end = await publish(next, 1)
    assert.ok(end?.type === 'failed' && end.error.code === 'unavailable')
    await rm(folder)
    await rename(aside, folder)
    assert.ok(
      place.relay.lines.some(line => line.includes('could not be saved')),
      'whoever runs the relay is told',
    )
  })
})

it('a disk that is full while pieces come keeps what came, says so, and takes the rest once there is room', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'full-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = openDatabase(join(folder, 'relay.db'))
  t.after(() => file.close())
  const database = sqliteEngine(file)
  await createMemberTables(database)
  await createReleaseTables(database)
  const pieces = createPieces(database)
  const release = makeRelease({ large: crypto.getRandomValues(new Uint8Array(60_000)), small: 'small' })
  const body = async function* () {
    for (const piece of await pieces.missing('w', release.files)) {
      yield frameHead(piece)
      yield (await release.bytesOf(piece)).subarray(piece.offset)
    }
  }
  const pages = Number(file.sqlite.prepare('pragma page_count').get()?.['page_count'])
  file.sqlite.exec(`pragma max_page_count = ${pages + 4}`)
  const error = tellError(
    await pieces.take('w', release.files, body()).then(
      () => assert.fail(),
      (cause: unknown) => cause,
    ),
  )
  assert.equal(error.code, 'unavailable')
  assert.match(error.message, /^The disk of the relay is full\./)
  assert.equal((await pieces.missing('w', release.files)).length, 2)
  file.sqlite.exec('pragma max_page_count = 1000000')
  await pieces.take('w', release.files, body())
  assert.deepEqual(await pieces.missing('w', release.files), [])
})
