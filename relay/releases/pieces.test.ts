import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { frameHead } from '../../core/release/frames.ts'
import type { Manifest } from '../../core/release/manifest.ts'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import type { Database } from '../../host/store/engine.ts'
import { openDatabase } from '../../host/store/database.ts'
import { sqliteEngine } from '../../host/store/sqlite-engine.ts'
import { createMemberTables } from '../members/tables.ts'
import { createPieces, type Pieces } from './pieces.ts'
import { makeRelease } from './releases.fixture.ts'
import { createReleaseTables } from './tables.ts'

async function openPieces(database: Database): Promise<Pieces> {
  await createMemberTables(database)
  await createReleaseTables(database)
  return createPieces(database)
}

type Release = ReturnType<typeof makeRelease>

/** What a desktop sends when it is asked for these pieces. */
async function encode({ bytesOf }: Release, missing: readonly { sha256: string; size: number; offset: number }[]): Promise<Buffer> {
  const parts = await Promise.all(missing.map(async piece => [frameHead(piece), (await bytesOf(piece)).subarray(piece.offset)]))
  return Buffer.concat(parts.flat())
}

/** A line that breaks after so many bytes, and hands over what came in chunks of this size. */
async function* cutAfter(bytes: Uint8Array, after: number, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const cut = Math.min(after, bytes.length)
  for (let at = 0; at < cut; at += chunkBytes) yield bytes.subarray(at, Math.min(cut, at + chunkBytes))
  if (cut < bytes.length) throw new Error('the line broke')
}

async function takeWhatComes(pieces: Pieces, workspace: string, files: Manifest, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await pieces.take(workspace, files, chunks).catch((error: unknown) => assert.equal(String(error), 'Error: the line broke'))
}

async function assertWhole(pieces: Pieces, workspace: string, { files, bytesOf }: Release): Promise<void> {
  assert.deepEqual(await pieces.missing(workspace, files), [])
  for (const file of files) assert.deepEqual(Buffer.from(await pieces.read(workspace, file.sha256)), Buffer.from(await bytesOf(file)))
}

describe('an upload that is cut', () => {
  let folder = ''
  let database: ReturnType<typeof openDatabase>
  let pieces: Pieces
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pieces-'))
    database = openDatabase(join(folder, 'relay.db'))
    // What is tested here is the order of things, and not the disk.
    database.sqlite.exec('pragma synchronous = off')
    pieces = await openPieces(sqliteEngine(database))
  })
  after(async () => {
    database.close()
    await rm(folder, { recursive: true })
  })

  it('at each of its bytes goes on from exactly there', async () => {
    const release = makeRelease({ a: 'hello', b: '', c: 'x'.repeat(40), d: new Uint8Array([10, 10, 10]) })
    const whole = await encode(release, await pieces.missing('none', release.files))
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const workspace = `cut at ${cut}`
      await takeWhatComes(pieces, workspace, release.files, cutAfter(whole, cut, 7))
      const missing = await pieces.missing(workspace, release.files)
      const rest = await encode(release, missing)
      const kept = missing.find(({ offset }) => offset > 0)
      // No byte of content that came travels again: only the line before a part may.
      const heads = missing.reduce((sum, piece) => sum + frameHead(piece).length, 0)
      const partHeads = cut < whole.length && kept ? frameHead({ ...kept, offset: 0 }).length : 0
      assert.ok(rest.length - heads <= whole.length - cut + partHeads, workspace)
      await pieces.take(workspace, release.files, cutAfter(rest, rest.length, 5))
      await assertWhole(pieces, workspace, release)
    }
  })

  it('again and again, anywhere, ends with every byte in its place', async () => {
    let run = 0
    const contents = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.uint8Array({ maxLength: 200 }), { minKeys: 1 })
    const cuts = fc.array(fc.record({ at: fc.nat(600), chunk: fc.integer({ min: 1, max: 90 }) }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(contents, cuts, async (files, cuts) => {
        const workspace = `run ${(run += 1)}`
        const release = makeRelease(files)
        for (const { at, chunk } of [...cuts, { at: Number.MAX_SAFE_INTEGER, chunk: 64 }]) {
          const bytes = await encode(release, await pieces.missing(workspace, release.files))
          await takeWhatComes(pieces, workspace, release.files, cutAfter(bytes, at, chunk))
        }
        await assertWhole(pieces, workspace, release)
      }),
      { numRuns: 60 },
    )
  })
})

onEachDatabase('pieces: a large one comes in many parts, also from two desktops at once', async ({ engine }) => {
  const pieces = await openPieces(engine)
  const content = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 31 + (at >> 8)) % 256)
  const release = makeRelease({ large: content, small: 'small' })
  const whole = await encode(release, await pieces.missing('w', release.files))
  await Promise.all([
    takeWhatComes(pieces, 'w', release.files, cutAfter(whole, 1_500_000, 65_536)),
    takeWhatComes(pieces, 'w', release.files, cutAfter(whole, 2_200_000, 40_000)),
  ])
  const missing = await pieces.missing('w', release.files)
  assert.ok(missing.some(({ offset }) => offset >= 1_000_000))
  await pieces.take('w', release.files, cutAfter(await encode(release, missing), Number.MAX_SAFE_INTEGER, 65_536))
  await assertWhole(pieces, 'w', release)
  assert.deepEqual(Buffer.from(await pieces.read('w', release.files[0]?.sha256 ?? '', 2_999_990)), Buffer.from(content.subarray(2_999_990)))
})

onEachDatabase('pieces: forged content is refused and forgotten, and the true one is taken', async ({ engine }) => {
  const pieces = await openPieces(engine)
  const release = makeRelease({ a: 'the true content' })
  const [file] = release.files
  assert.ok(file)
  const forged = Buffer.concat([frameHead({ ...file, offset: 0 }), Buffer.from('a false content!')])
  await assert.rejects(pieces.take('w', release.files, cutAfter(forged, forged.length, 50)), { code: 'validation', message: /damaged/ })
  await assert.rejects(pieces.read('w', file.sha256), { code: 'not_found' })
  // Half of it forged, the other half true: found out when it is whole.
  await takeWhatComes(pieces, 'w', release.files, cutAfter(forged, forged.length - 8, 50))
  const missing = await pieces.missing('w', release.files)
  assert.deepEqual(missing, [{ sha256: file.sha256, size: file.size, offset: file.size - 8 }])
  const rest = await encode(release, missing)
  await assert.rejects(pieces.take('w', release.files, cutAfter(rest, rest.length, 50)), { code: 'validation' })
  const again = await encode(release, await pieces.missing('w', release.files))
  await pieces.take('w', release.files, cutAfter(again, again.length, 50))
  await assertWhole(pieces, 'w', release)
})

onEachDatabase('pieces: what is not part of the release, or says another size, is not taken', async ({ engine }) => {
  const pieces = await openPieces(engine)
  const release = makeRelease({ a: 'wanted' })
  const other = makeRelease({ a: 'not wanted' })
  const [file] = release.files
  assert.ok(file)
  const stray = await encode(other, await pieces.missing('w', other.files))
  await assert.rejects(pieces.take('w', release.files, cutAfter(stray, stray.length, 50)), { code: 'validation' })
  const larger = Buffer.concat([frameHead({ sha256: file.sha256, size: file.size + 1, offset: 0 }), Buffer.from('wanted!')])
  await assert.rejects(pieces.take('w', release.files, cutAfter(larger, larger.length, 50)), { code: 'validation' })
  const [count] = await engine.query(sql`select count(*) as n from pieces`)
  assert.equal(Number(count?.['n']), 0)
})

onEachDatabase('pieces: a part that comes twice, or ahead of its turn, changes nothing', async ({ engine }) => {
  const pieces = await openPieces(engine)
  const release = makeRelease({ a: '0123456789' })
  const [file] = release.files
  assert.ok(file)
  const part = (offset: number, text: string) => Buffer.concat([frameHead({ ...file, offset }), Buffer.from(text)])
  const send = (bytes: Buffer) => takeWhatComes(pieces, 'w', release.files, cutAfter(bytes, bytes.length, 500))
  await send(part(5, '56789'))
  assert.equal((await pieces.missing('w', release.files))[0]?.offset, 0)
  await send(part(0, '012'))
  await send(part(0, '012'))
  assert.equal((await pieces.missing('w', release.files))[0]?.offset, 3)
  await send(part(3, '3456789'))
  await send(part(3, '3456789'))
  await assertWhole(pieces, 'w', release)
})
