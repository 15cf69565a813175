import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { byPath, type Manifest } from '../../core/release/manifest.ts'
import { sha256Of, writeReleaseFolder } from './release-folder.ts'

const manifestOf = (contents: Record<string, string>): Manifest =>
  Object.entries(contents)
    .map(([path, text]) => ({ path, sha256: sha256Of(text), size: Buffer.byteLength(text), mode: '100644' as const }))
    .sort(byPath)

const first = { 'a.txt': 'a', 'deep/b.txt': 'b', 'deep/c.txt': 'c' }
const second = { 'a.txt': 'a', 'moved/b.txt': 'b', 'deep/c.txt': 'changed' }

async function openPlace(t: TestContext) {
  const place = await mkdtemp(join(tmpdir(), 'releases-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  const asked: string[] = []
  /** Writes a release. `asked` has what was needed for it. */
  async function write(name: string, contents: Record<string, string>, before?: { folder: string; files: Manifest }) {
    asked.length = 0
    const folder = join(place, name)
    const texts = new Map(Object.values(contents).map(text => [sha256Of(text), text]))
    const bytesOf = async ({ path, sha256 }: { path: string; sha256: string }) => {
      asked.push(path)
      return Buffer.from(texts.get(sha256) ?? '')
    }
    await writeReleaseFolder(folder, manifestOf(contents), bytesOf, before)
    return { folder, files: manifestOf(contents) }
  }
  return { write, asked }
}

describe('the folder of a release', () => {
  it('shares with the one before it what is the same, and outlives it', async t => {
    const { write, asked } = await openPlace(t)
    const before = await write('first', first)
    assert.deepEqual(asked.sort(), ['a.txt', 'deep/b.txt', 'deep/c.txt'])
    const { folder } = await write('second', second, before)
    assert.deepEqual(asked, ['deep/c.txt'])
    assert.equal((await stat(join(folder, 'moved/b.txt'))).ino, (await stat(join(before.folder, 'deep/b.txt'))).ino)
    assert.equal(await readFile(join(before.folder, 'deep/c.txt'), 'utf8'), 'c')
    await rm(before.folder, { recursive: true })
    for (const [path, text] of Object.entries(second)) assert.equal(await readFile(join(folder, path), 'utf8'), text)
    assert.equal((await stat(join(folder, 'a.txt'))).mode & 0o777, 0o444)
  })

  it('is written from what is sent when the one before it is gone', async t => {
    const { write, asked } = await openPlace(t)
    const before = await write('first', first)
    await rm(before.folder, { recursive: true })
    const { folder } = await write('second', second, before)
    assert.equal(asked.length, 3)
    assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'a')
  })

  it('is not there at all when something in it is not what it has to be', async t => {
    const { write } = await openPlace(t)
    const before = await write('first', first)
    const wrong = { ...before, files: before.files.map(file => ({ ...file, size: 0, sha256: sha256Of('') })) }
    await assert.rejects(
      writeReleaseFolder(`${before.folder}-2`, wrong.files, async () => Buffer.from('x')),
      { code: 'validation' },
    )
    await assert.rejects(stat(`${before.folder}-2`), { code: 'ENOENT' })
  })
})
