import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { byPath, type Manifest } from '../../core/release/manifest.ts'
import { sha256Of } from '../files/release-folder.ts'
import { bundleFunction, type Bundle } from './bundle.ts'
import { openReleaseBundles } from './release-bundles.ts'

type Contents = Record<string, string>

const entry = 'functions/f/entry.ts'
const app: Contents = {
  [entry]: 'import { twice } from "../../shared/twice.ts"\nexport default (n: number) => twice(n)',
  'shared/twice.ts': 'export const twice = (n: number) => 2 * n',
  'notes.md': 'one',
}

const manifestOf = (contents: Contents): Manifest =>
  Object.entries(contents)
    .map(([path, text]) => ({ path, sha256: sha256Of(text), size: Buffer.byteLength(text), mode: '100644' as const }))
    .sort(byPath)

/** A place for releases of one app. What is kept of them is in `kept`. */
async function openPlace(t: Pick<TestContext, 'after'>) {
  const place = await mkdtemp(join(tmpdir(), 'releases-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  const kept = join(place, 'functions')
  const nothing = join(place, 'nothing')
  await mkdir(nothing)
  let count = 0

  async function write(contents: Contents): Promise<string> {
    const root = join(place, `release-${(count += 1)}`)
    await mkdir(root)
    for (const [path, text] of Object.entries(contents)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    return root
  }
  /** As the release is started: whatever has to be compiled can be. */
  const compile = async (contents: Contents) => openReleaseBundles(await write(contents), manifestOf(contents), kept).get('f', entry)
  /** As if nothing could be compiled. */
  const find = (contents: Contents) => openReleaseBundles(nothing, manifestOf(contents), kept).get('f', entry)
  return { kept, write, compile, find }
}

describe('a function of a release', () => {
  it('is compiled once, for all releases in which its files are the same', async t => {
    const { compile, find } = await openPlace(t)
    const first = await compile(app)
    assert.deepEqual(await find(app), first)
    assert.deepEqual(await find({ ...app, 'notes.md': 'two', 'entities/Ticket.jsonc': '{}' }), first)
    const { 'notes.md': _, ...without } = app
    assert.deepEqual(await find(without), first)
  })

  it('is compiled anew when it, or a file that it imports, has changed', async t => {
    const { compile, find } = await openPlace(t)
    await compile(app)
    for (const path of [entry, 'shared/twice.ts']) {
      const changed = { ...app, [path]: `${app[path]} // changed` }
      await assert.rejects(find(changed), { code: 'validation' })
      assert.deepEqual(await find({ ...changed, [path]: app[path] ?? '' }), await compile(app))
    }
  })

  it('is compiled anew when an import of it leads elsewhere, though all its files are the same', async t => {
    const { kept, write } = await openPlace(t)
    const word = (text: string) => `export const word = "${text}"`
    const inner = (path: string) => JSON.stringify({ imports: { '#inner': path } })
    const cases: [string, Contents, Contents][] = [
      ['./lib', { 'functions/f/lib/index.ts': word('folder') }, { 'functions/f/lib.ts': word('file') }],
      ['./lib.md', { 'functions/f/lib.md.ts': word('code') }, { 'functions/f/lib.md': 'text, which no import can give' }],
      ['#inner', { 'package.json': inner('./a.ts'), 'a.ts': word('a'), 'b.ts': word('b') }, { 'package.json': inner('./b.ts') }],
      ['pkg', { 'node_modules/pkg/index.js': word('pkg') }, { 'functions/node_modules/pkg/index.js': word('nearer pkg') }],
    ]
    for (const [specifier, files, more] of cases) {
      const before = { [entry]: `import { word } from "${specifier}"\nexport default () => word`, ...files }
      for (const contents of [before, { ...before, ...more }, before]) {
        const root = await write(contents)
        const fresh = await bundleFunction(root, entry)
        const found = openReleaseBundles(root, manifestOf(contents), kept).get('f', entry)
        await (fresh.ok ? assert.doesNotReject(found) : assert.rejects(found, { code: 'validation' }))
        if (fresh.ok) assert.deepEqual(await found, fresh.bundle)
      }
    }
  })

  it('is the same whatever tsconfig.json lies beside or above it', async t => {
    const { write } = await openPlace(t)
    const aliased: Contents = { [entry]: 'export { default } from "lib"', 'lib.ts': 'export default () => 1' }
    const root = await write({ ...aliased, 'tsconfig.json': '{ "compilerOptions": { "paths": { "lib": ["./lib.ts"] } } }' })
    const bundled = await bundleFunction(root, entry)
    assert.match(bundled.ok ? '' : (bundled.problems[0]?.message ?? ''), /“lib” is not installed/)
  })

  it('is told to be broken each time, and works once it is mended', async t => {
    const { compile } = await openPlace(t)
    const broken = { ...app, [entry]: 'export default () => {' }
    for (let time = 0; time < 2; time += 1) await assert.rejects(compile(broken), { code: 'validation', message: /^f does not compile/ })
    assert.match((await compile(app)).code, /2 \* n/)
  })

  it('is compiled anew when what is kept is damaged, cut off, empty or gone', async t => {
    const { kept, compile, find } = await openPlace(t)
    const good = await compile(app)
    const [name = ''] = await readdir(kept)
    const whole = await readFile(join(kept, name), 'utf8')
    for (const text of ['', whole.slice(0, -5), whole.replace('2 * n', '3 * n'), `${sha256Of('{}')}\n{}`, `${sha256Of('null')}\nnull`]) {
      await writeFile(join(kept, name), text)
      await assert.rejects(find(app), { code: 'validation' })
      assert.deepEqual(await compile(app), good)
      assert.deepEqual(await find(app), good)
    }
    await rm(kept, { recursive: true })
    assert.deepEqual(await compile(app), good)
  })

  it('is compiled each time where nothing can be kept', async t => {
    const { kept, compile } = await openPlace(t)
    await writeFile(kept, 'a file in the place of the folder')
    for (let time = 0; time < 2; time += 1) assert.match((await compile(app)).code, /2 \* n/)
  })

  it('is right for each of many that start different releases at the same moment', async t => {
    const { kept, compile } = await openPlace(t)
    const numbers = Array.from({ length: 12 }, (_, n) => n % 3)
    const bundles = await Promise.all(numbers.map(n => compile({ ...app, 'shared/twice.ts': `export const twice = () => "from ${n}"` })))
    for (const [at, n] of numbers.entries()) assert.match(bundles[at]?.code ?? '', new RegExp(`from ${n}`))
    assert.equal((await readdir(kept)).length, 1)
  })

  it('leaves nothing behind once the app has it no more', async t => {
    const { kept, write } = await openPlace(t)
    const bundles = openReleaseBundles(await write(app), manifestOf(app), kept)
    await bundles.get('f', entry)
    await bundles.keepOnly([entry])
    assert.equal((await readdir(kept)).length, 1)
    await bundles.keepOnly(['functions/other/entry.ts'])
    assert.deepEqual(await readdir(kept), [])
  })

  it('is what a fresh compiler makes of it, whatever the releases before it were', async t => {
    const { kept, write } = await openPlace(t)
    const specifiers = ['./lib', './lib.ts', './lib.js', './lib.md', './data.json', '../../top', 'pkg', 'pkg/part', '#inner']
    const word = (text: string) => `export const word = "${text}"`
    const candidates: [string, string[]][] = [
      ['functions/f/lib.ts', [word('lib.ts'), word('lib.ts, changed')]],
      ['functions/f/lib.tsx', [word('lib.tsx')]],
      ['functions/f/lib.js', [word('lib.js')]],
      ['functions/f/lib/index.ts', [word('lib/index.ts')]],
      ['functions/f/lib/package.json', ['{ "main": "main.js" }', '{}']],
      ['functions/f/lib/main.js', [word('lib/main.js')]],
      ['functions/f/lib.md', ['text']],
      ['functions/f/lib.md.ts', [word('lib.md.ts')]],
      ['functions/f/data.json', ['{ "word": 1 }', '{ "word": 2 }']],
      ['functions/f/tsconfig.json', ['{ "compilerOptions": { "paths": { "pkg": ["./lib.ts"] } } }']],
      ['top.ts', [word('top.ts')]],
      ['top/index.js', [word('top/index.js')]],
      [
        'package.json',
        ['{ "imports": { "#inner": "./top.ts" } }', '{ "imports": { "#inner": "./functions/f/lib.ts" }, "sideEffects": false }'],
      ],
      ['node_modules/pkg/package.json', ['{ "main": "a.js" }', '{ "main": "b.js", "exports": { ".": "./b.js", "./part": "./part.js" } }']],
      ['node_modules/pkg/a.js', [word('a')]],
      ['node_modules/pkg/b.js', [word('b')]],
      ['node_modules/pkg/part.js', [word('part')]],
      ['functions/node_modules/pkg/index.js', [word('nearer')]],
      ['notes.md', ['one', 'two']],
    ]
    const edits = candidates.flatMap(([path, [, ...texts]]) => [...texts, null].map(text => ({ path, text })))
    const history = fc.record({ specifier: fc.constantFrom(...specifiers), order: fc.shuffledSubarray(edits, { minLength: edits.length }) })
    await fc.assert(
      fc.asyncProperty(history, async ({ specifier, order }) => {
        const contents: Contents = Object.fromEntries(candidates.map(([path, [text = '']]) => [path, text]))
        contents[entry] = `import * as all from "${specifier}"\nexport default () => all.word`
        const root = await write(contents)
        for (const { path, text } of order) {
          if (text === null) delete contents[path]
          else contents[path] = text
          await (text === null ? rm(join(root, path), { force: true }) : writeFile(join(root, path), text))
          const fresh = await bundleFunction(root, entry)
          const found = await openReleaseBundles(root, manifestOf(contents), kept)
            .get('f', entry)
            .catch((): Bundle | null => null)
          assert.deepEqual(found, fresh.ok ? fresh.bundle : null)
        }
      }),
      { numRuns: 3 },
    )
  })
})
