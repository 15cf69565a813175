import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fails, openTemporary } from './projects.fixture.ts'
import { createProjects } from './projects.ts'

test('a change set is one step: undone as one, redone as one', async () => {
  const { projects, appId, read } = await openTemporary()
  await projects.apply(appId, { title: 'First', files: [{ path: 'entities/A.jsonc', text: 'a1' }] }, 'chat')
  const { changeId } = await projects.apply(
    appId,
    {
      title: 'Second',
      files: [
        { path: 'entities/A.jsonc', text: null },
        { path: 'functions/f/entry.ts', text: 'f' },
      ],
    },
    'chat',
  )
  const state = async () => [await read('entities/A.jsonc'), await read('functions/f/entry.ts')]
  assert.deepEqual(await state(), [null, 'f'])
  assert.deepEqual(await projects.undo(appId), { title: 'Second' })
  assert.deepEqual(await state(), ['a1', null])
  assert.deepEqual(await projects.redo(appId), { title: 'Second' })
  assert.deepEqual(await state(), [null, 'f'])
  assert.deepEqual(await projects.redo(appId), { title: null })
  const { changes, canUndo, canRedo } = await projects.history(appId)
  assert.deepEqual(
    changes.map(({ title, by, undoable }) => [title, by, undoable]),
    [
      ['Redo “Second”', 'undo', false],
      ['Undo “Second”', 'undo', false],
      ['Second', 'chat', true],
      ['First', 'chat', true],
      ['Start', 'outside', false],
    ],
  )
  assert.deepEqual(changes[2]?.files, ['entities/A.jsonc', 'functions/f/entry.ts'])
  assert.deepEqual([canUndo, canRedo, changes[2]?.id], [true, false, changeId])
})

test('a change that changes nothing is no step', async () => {
  const { projects, appId, titles } = await openTemporary()
  await projects.apply(appId, { title: 'One', files: [{ path: 'a.md', text: 'a' }] }, 'chat')
  assert.deepEqual(await projects.apply(appId, { title: 'Again', files: [{ path: 'a.md', text: 'a' }] }, 'chat'), { changeId: null })
  assert.deepEqual(await titles(), ['One', 'Start'])
})

test('what was edited outside is a step of its own before ours, and comes back by undo', async () => {
  const { projects, appId, edit, read, titles } = await openTemporary()
  await projects.writeFile(appId, { path: 'entities/A.jsonc', text: 'ours' })
  await edit('entities/A.jsonc', 'theirs')
  await projects.apply(appId, { title: 'Plan', files: [{ path: 'entities/A.jsonc', text: 'plan' }] }, 'chat')
  assert.deepEqual(await titles(), ['Plan', 'Edited entities/A.jsonc outside Plugboard', 'Edit entities/A.jsonc', 'Start'])
  await projects.undo(appId)
  assert.equal(await read('entities/A.jsonc'), 'theirs')
  await projects.undo(appId)
  assert.equal(await read('entities/A.jsonc'), 'ours')
})

test('an earlier change is undone by itself, unless a later one touched the same file', async () => {
  const { projects, appId, edit, read } = await openTemporary()
  const { changeId: first } = await projects.apply(appId, { title: 'Add A', files: [{ path: 'a.md', text: 'a' }] }, 'chat')
  const { changeId: second } = await projects.apply(appId, { title: 'Add B', files: [{ path: 'b.md', text: 'b' }] }, 'chat')
  await edit('b.md', 'mine')
  await assert.rejects(projects.undo(appId, second ?? ''), fails('conflict', /b\.md was changed after “Add B”/))
  assert.equal(await read('b.md'), 'mine')
  await projects.undo(appId, first ?? '')
  assert.deepEqual([await read('a.md'), await read('b.md')], [null, 'mine'])
  await assert.rejects(projects.undo(appId, first ?? ''), fails('conflict', /undone already/))
})

test('a change set that fails in the middle leaves every file as it was', async () => {
  const { projects, appId, root, read, titles } = await openTemporary()
  await projects.writeFile(appId, { path: 'a.md', text: 'old' })
  await mkdir(join(root, 'z.md'))
  const files = [
    { path: 'a.md', text: 'new' },
    { path: 'b/c/d.md', text: 'new' },
    { path: 'z.md', text: 'a folder is in the way' },
  ]
  await assert.rejects(projects.apply(appId, { title: 'No', files }, 'chat'), fails('unavailable', /./))
  assert.deepEqual([await read('a.md'), await read('b/c/d.md')], ['old', null])
  assert.deepEqual((await readdir(root)).sort(), ['.plugboard', 'a.md', 'config.jsonc', 'z.md'])
  assert.deepEqual(await titles(), ['Edit a.md', 'Start'])
})

test('the history is a git repository that any git reads', async () => {
  const { projects, appId, root } = await openTemporary()
  await projects.apply(appId, { title: 'Add A', files: [{ path: 'entities/A.jsonc', text: 'a' }] }, 'chat')
  const git = (...words: string[]) =>
    spawnSync('git', ['--git-dir', join(root, '.plugboard/history'), ...words], { encoding: 'utf8' }).stdout.trim()
  assert.equal(git('log', '--format=%s', 'main'), 'Add A\nStart')
  assert.equal(git('show', 'main:entities/A.jsonc'), 'a')
  assert.equal(git('fsck', '--strict', '--full'), '')
})

test('a damaged history is put aside, and the app goes on with its files as they are', async () => {
  const { home, projects, appId, root, read } = await openTemporary()
  await projects.apply(appId, { title: 'Add A', files: [{ path: 'a.md', text: 'a' }] }, 'chat')
  await rm(join(root, '.plugboard/history/objects'), { recursive: true })
  const again = createProjects({ home })
  assert.deepEqual(
    (await again.history(appId)).changes.map(({ title }) => title),
    ['Start'],
  )
  assert.equal(await read('a.md'), 'a')
  assert.ok((await readdir(join(root, '.plugboard'))).some(name => name.startsWith('history-damaged-')))
})

test('listeners hear of each change that Plugboard makes', async () => {
  const { projects, appId } = await openTemporary()
  const heard: string[] = []
  const stop = projects.onChange(event => heard.push(event.appId))
  await projects.writeFile(appId, { path: 'a.md', text: 'a' })
  await projects.undo(appId)
  stop()
  await projects.redo(appId)
  assert.deepEqual(heard, [appId, appId])
})

test('changes asked for at the same time are made one after the other', async () => {
  const { projects, appId, read, titles } = await openTemporary()
  await Promise.all([1, 2, 3, 4].map(n => projects.apply(appId, { title: `n${n}`, files: [{ path: 'n.md', text: `${n}` }] }, 'chat')))
  assert.equal(await read('n.md'), '4')
  assert.deepEqual(await titles(), ['n4', 'n3', 'n2', 'n1', 'Start'])
})
