import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { openHistory } from './history.ts'
import { blobId, openObjects } from './objects.ts'

const files = ['config.jsonc', 'entities/A.jsonc', 'entities/B.jsonc', 'functions/f/entry.ts', 'workflows/w.jsonc', 'connectors/c.jsonc']

/** Applies change sets for ever, each of all files, and says the number of each once it is done. */
const applier = `
  const { openHistory } = await import(${JSON.stringify(import.meta.resolve('./history.ts'))})
  const [root, from] = process.argv.slice(1)
  const history = await openHistory(root)
  for (let n = Number(from) + 1; ; n++) {
    await history.apply('Number ' + n, 'chat', ${JSON.stringify(files)}.map(path => ({ path, bytes: Buffer.from(String(n)) })))
    process.stdout.write(n + '\\n')
  }`

test('kill -9 in the middle of a change set leaves all of the old or all of the new, and the history with it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'history-'))
  let last = 0
  for (const [round, delayMs] of [0, 3, 7, 12, 18].entries()) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', applier, root, String(last)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface(child.stdout)) {
      last = Number(line)
      setTimeout(() => child.kill('SIGKILL'), delayMs)
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const history = await openHistory(root)
    const texts = new Set(await Promise.all(files.map(path => readFile(join(root, path), 'utf8'))))
    assert.equal(texts.size, 1, `round ${round}: ${[...texts].join()}`)
    const [text = ''] = texts
    assert.ok(Number(text) >= last && Number(text) <= last + 1, `${text} after ${last}`)
    assert.equal((await history.list()).changes[0]?.title, `Number ${text}`)
    assert.deepEqual((await readdir(root)).sort(), ['.plugboard', 'config.jsonc', 'connectors', 'entities', 'functions', 'workflows'])
    last = Number(text)
  }
})

test('a change set that a dead process left half done is taken back, but for what someone edited since', async () => {
  const root = await mkdtemp(join(tmpdir(), 'history-'))
  const history = await openHistory(root)
  await history.apply(
    'Old',
    'chat',
    ['a.md', 'b.md', 'c.md'].map(path => ({ path, bytes: Buffer.from('old') })),
  )
  const id = async (text: string) => openObjects(join(root, '.plugboard/history')).writeBlob(Buffer.from(text))
  const [before, after] = [await id('old'), await id('new')]
  const under = ['a.md', 'b.md', 'c.md'].map(path => ({ path, before, after }))
  await writeFile(
    join(root, '.plugboard/history/pending.json'),
    JSON.stringify({ commit: 'f'.repeat(40), files: [...under, { path: 'd/new.md', before: null, after }] }),
  )
  await mkdir(join(root, 'd'))
  await writeFile(join(root, 'a.md'), 'new')
  await writeFile(join(root, 'b.md'), 'someone else')
  await writeFile(join(root, 'd/new.md'), 'new')
  const again = await openHistory(root)
  assert.deepEqual(await Promise.all(['a.md', 'b.md', 'c.md'].map(path => readFile(join(root, path), 'utf8'))), [
    'old',
    'someone else',
    'old',
  ])
  assert.deepEqual((await readdir(root)).sort(), ['.plugboard', 'a.md', 'b.md', 'c.md'])
  assert.deepEqual(
    (await again.list()).changes.map(({ title }) => title),
    ['Edited b.md outside Plugboard', 'Old', 'Start'],
  )
  assert.equal(blobId(Buffer.from('old')), before)
})
