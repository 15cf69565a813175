import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { AppModel } from '../../core/app/model.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { watchApp } from './watch.ts'

const entity = (name: string) => JSON.stringify({ name, properties: {} })

async function watchTemporary(t: TestContext) {
  const root = join(await mkdtemp(join(tmpdir(), 'watch-')), 'app')
  await mkdir(join(root, 'entities'), { recursive: true })
  let model: AppModel | undefined
  let changes = 0
  let wake = () => {}
  const watcher = await watchApp('a', root, next => {
    model = next
    changes++
    wake()
  })
  t.after(() => watcher.close())
  /** Resolves with the first model after a change that `isIt` accepts. */
  const until = async (isIt: (model: AppModel) => boolean): Promise<AppModel> => {
    for (;;) {
      if (model && isIt(model)) return model
      await new Promise<void>(resolve => (wake = resolve))
    }
  }
  return { root, watcher, until, changes: () => changes }
}

const names = (model: AppModel) => model.entities.map(({ entity }) => entity.name).join()

test('an outside edit is picked up, and several at once are one change', async t => {
  const { root, watcher, until, changes } = await watchTemporary(t)
  await Promise.all(['A', 'B', 'C'].map(name => writeFile(join(root, `entities/${name}.jsonc`), entity(name))))
  await until(model => names(model) === 'A,B,C')
  assert.equal(names(watcher.model()), 'A,B,C')
  assert.equal(changes(), 1)
})

test('local state, hidden files, packages and the site are not watched', async t => {
  const { root, until, changes } = await watchTemporary(t)
  for (const folder of ['.plugboard', '.git', 'node_modules/x', 'site/src', 'functions/f/node_modules']) {
    await mkdir(join(root, folder), { recursive: true })
    await writeFile(join(root, folder, 'file.jsonc'), '{}')
  }
  const before = changes()
  await writeFile(join(root, 'entities/A.jsonc'), entity('A'))
  await until(model => names(model) === 'A')
  assert.ok(changes() - before <= 2)
})

test('a folder that is deleted keeps its model, and is followed again when it returns', async t => {
  const { root, until } = await watchTemporary(t)
  await writeFile(join(root, 'entities/A.jsonc'), entity('A'))
  await until(model => names(model) === 'A')
  await rm(root, { recursive: true })
  assert.equal(names(await until(model => /not there/.test(model.problems[0]?.message ?? ''))), 'A')
  await mkdir(join(root, 'entities'), { recursive: true })
  await writeFile(join(root, 'entities/B.jsonc'), entity('B'))
  await until(model => names(model) === 'B')
  await writeFile(join(root, 'entities/C.jsonc'), entity('C'))
  await until(model => names(model) === 'B,C')
})

test('reload reads at once', async t => {
  const { root, watcher } = await watchTemporary(t)
  await writeFile(join(root, 'entities/A.jsonc'), entity('A'))
  assert.equal(names(await watcher.reload()), 'A')
})

test('a file damaged while the app was closed is told, and what it said before goes on', async t => {
  const { root, watcher } = await watchTemporary(t)
  await mkdir(join(root, '.plugboard'))
  await writeFile(join(root, 'entities/A.jsonc'), entity('A'))
  await watcher.reload()
  await watcher.close()
  await writeFile(join(root, 'entities/A.jsonc'), '{ "name": ')
  const again = await watchApp('a', root, () => {})
  t.after(() => again.close())
  assert.equal(names(again.model()), 'A')
  assert.equal(again.model().problems[0]?.line, 1)
})

test('a file that is replaced by another, as editors and Plugboard save, is picked up each time', async t => {
  const { root, until } = await watchTemporary(t)
  for (const name of ['A', 'B', 'C']) {
    await writeFileAtomically(join(root, 'entities/Same.jsonc'), entity(name))
    await until(model => names(model) === name)
  }
})
