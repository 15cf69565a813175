import assert from 'node:assert/strict'
import { posix, win32 } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { byPath, isReleasePath, manifestText, readManifest, releaseLimits } from './manifest.ts'

const hash = (letter: string) => letter.repeat(64)
const file = (path: string, changes: object = {}) => ({ path, sha256: hash('a'), size: 1, mode: '100644', ...changes })
const refused = (words: RegExp, ...files: unknown[]) =>
  assert.throws(
    () => readManifest(files),
    error => error instanceof Error && error.name === 'AppError' && words.test(error.message) && !error.message.includes('\n'),
    JSON.stringify(files).slice(0, 200),
  )

describe('the list of files of a release', () => {
  it('is read as it was written', () => {
    const files = ['config.jsonc', 'entities/Ticket.jsonc', 'functions/notify/entry.ts', 'node_modules/@scope/kit/index.js'].map(path =>
      file(path),
    )
    assert.deepEqual(readManifest(files), files)
  })

  it('is refused when a name leads out of the folder, or is absolute, hidden or cannot be written everywhere', () => {
    for (const path of [
      '../evil.jsonc',
      'entities/../../evil',
      '/etc/passwd',
      '//server/share',
      'C:\\Windows\\evil',
      'C:evil',
      '..\\evil',
      'entities\\..\\evil',
      'entities//Ticket.jsonc',
      'entities/./Ticket.jsonc',
      'entities/',
      '',
      '.',
      '..',
      'a\0b',
      'a\nb',
      '\u202Egnp.exe\0',
      'file.txt:stream',
      'name ',
      ' name',
      'name.',
      'dir./file',
      '.env',
      '.git/config',
      '.plugboard/app.db',
      'site/index.html',
      'node_modules',
      'node_modules/x',
      'node_modules/../x/y',
      'node_modules/kit/.env',
      '../node_modules/kit/index.js',
      'lone \uD800 surrogate',
      'x'.repeat(241),
      Array(17).fill('a').join('/'),
    ])
      refused(/inside an app/, file(path))
  })

  it('is refused when a name is one that Windows keeps for devices', () => {
    for (const path of ['con', 'entities/NUL.jsonc', 'functions/aux/entry.ts', 'COM1.txt', 'lpt9']) refused(/Windows keeps/, file(path))
    assert.equal(readManifest([file('console.ts')]).length, 1)
  })

  it('is refused when it holds a link or a program', () => {
    for (const mode of ['120000', '100755', '040000', '160000', 420, undefined]) refused(/link or a program/, file('a', { mode }))
  })

  it('is refused when it is too large, empty, or not such a list at all', () => {
    refused(/larger than 5 MB/, file('a', { size: releaseLimits.fileBytes + 1 }))
    for (const size of [-1, 1.5, Number.NaN, '1', null]) refused(/size/, file('a', { size }))
    refused(/no files/)
    assert.throws(() => readManifest('files'), /no list/)
    assert.throws(() => readManifest(Array.from({ length: 5001 }, (_, at) => file(`f${at}`))), /more than 5,000 files/)
    const many = Array.from({ length: 41 }, (_, at) => file(`f${String(at).padStart(2, '0')}`, { size: releaseLimits.fileBytes }))
    assert.throws(() => readManifest(many), /larger than 200 MB/)
    for (const odd of [null, 7, 'a', [], {}, file('a', { sha256: 'A'.repeat(64) }), file('a', { extra: 1 })])
      refused(/described|described as/, odd)
  })

  it('is refused when two names are one on Windows or macOS', () => {
    refused(/one on Windows or macOS/, file('A.txt'), file('a.txt'))
    refused(/one on Windows or macOS/, file('Entities/a'), file('entities/b'))
    refused(/one on Windows or macOS/, file('caf\u00e9'.normalize('NFD')), file('caf\u00e9'))
    refused(/one on Windows or macOS/, file('a'), file('a/b'))
    refused(/one on Windows or macOS/, file('A'), file('a/b'))
  })

  it('is refused when a name is in it twice or out of its place', () => {
    refused(/twice, or not in its place/, file('a'), file('a'))
    refused(/twice, or not in its place/, file('b'), file('a'))
  })

  it('keeps a sentence short and readable, whatever the name', () => {
    refused(/^.{1,260}$/, file(`../${'\u0007\u202E'.repeat(500)}`))
  })
})

const segment = fc.oneof(
  fc.constantFrom('..', '.', '', 'a', 'B', 'con', 'node_modules', 'site', '.git', 'x.ts', 'nul.txt', 'é', 'a b', 'C:', '\\', '~', 'a\0'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const path = fc
  .array(segment, { minLength: 1, maxLength: 6 })
  .chain(names => fc.constantFrom(names.join('/'), names.join('\\'), `/${names.join('/')}`))

describe('names of files, whatever they are', () => {
  it('stay inside the folder on every system once they are taken', () => {
    fc.assert(
      fc.property(path, name => {
        if (!isReleasePath(name)) return
        assert.ok(posix.resolve('/app', name).startsWith('/app/'), name)
        assert.ok(win32.resolve('C:\\app', name).startsWith('C:\\app\\'), name)
        assert.equal(posix.normalize(name), name)
        assert.doesNotMatch(name, /[\0\\:]|(^|\/)\.|(^|\/)(?!node_modules)[^/]*[. ](\/|$)/)
      }),
      { numRuns: 1000 },
    )
  })

  it('give a list that is either refused in one sentence or can be written without one file meeting another', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 8 }), names => {
        const files = [...new Set(names)].map(name => file(name)).sort(byPath)
        try {
          const taken = readManifest(files).map(each => each.path.normalize('NFC').toLowerCase())
          assert.equal(new Set(taken).size, taken.length)
          for (const name of taken) assert.ok(!taken.some(other => other.startsWith(`${name}/`)))
        } catch (error) {
          assert.ok(error instanceof Error && error.name === 'AppError', String(error))
        }
      }),
      { numRuns: 400 },
    )
  })

  it('never give two lists the same text', () => {
    const list = fc.uniqueArray(
      fc.record({
        path: fc.stringMatching(/^[a-c0-9 ]{1,8}$/).filter(isReleasePath),
        sha256: fc.constantFrom(hash('a'), hash('b')),
        size: fc.integer({ min: 0, max: 12 }),
        mode: fc.constant('100644' as const),
      }),
      { selector: ({ path }) => path, maxLength: 3 },
    )
    fc.assert(
      fc.property(list, list, (one, other) => {
        const [a, b] = [one.sort(byPath), other.sort(byPath)]
        assert.equal(manifestText(a) === manifestText(b), JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })
})
