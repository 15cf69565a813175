import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/errors.ts'
import { openFile, type FileRoom } from './open-file.ts'

/** A disk with one file on it, whose answers can be held back. */
function disk(text: string) {
  const at = {
    text,
    version: 1,
    writes: [] as string[],
    draft: null as { text: string; baseVersion: string } | null,
    fails: null as AppError | null,
  }
  let gate: Promise<void> = Promise.resolve()
  const room: FileRoom = {
    read: async () => ({ text: at.text, version: String(at.version) }),
    write: async (next, base) => {
      await gate
      if (at.fails) throw at.fails
      if (base !== undefined && base !== String(at.version)) throw new AppError('conflict', 'Changed meanwhile.')
      at.writes.push(next)
      at.text = next
      at.version++
      return { version: String(at.version) }
    },
    draft: {
      get: () => at.draft,
      set: draft => {
        at.draft = draft
      },
    },
  }
  return {
    at,
    room,
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    writtenByOthers(next: string): void {
      at.text = next
      at.version++
    },
  }
}

async function opened(text = 'one') {
  const there = disk(text)
  const file = openFile(there.room)
  await file.refresh()
  return { ...there, file, now: file.store.getState }
}

test('what is typed is saved, and the draft is dropped only then', async () => {
  const { file, at, now } = await opened()
  file.edit('two')
  assert.deepEqual([now().state, at.draft?.text], ['typing', 'two'])
  assert.equal(await file.save(), true)
  assert.deepEqual([now().state, at.text, at.draft], ['saved', 'two', null])
})

test('what is typed while a save is under way is saved after it', async () => {
  const { file, at, now, hold } = await opened()
  const release = hold()
  file.edit('two')
  const saving = file.save()
  file.edit('three')
  release()
  assert.equal(await saving, true)
  assert.deepEqual([at.writes, now().text, at.draft], [['two', 'three'], 'three', null])
})

test('what is typed and taken back leaves nothing to save', async () => {
  const { file, at } = await opened()
  file.edit('two')
  file.edit('one')
  assert.equal(await file.save(), true)
  assert.deepEqual([at.writes, at.draft], [[], null])
})

test('a change by someone else is shown when nothing is typed', async () => {
  const { file, now, writtenByOthers } = await opened()
  writtenByOthers('theirs')
  await file.refresh()
  assert.deepEqual([now().text, now().state], ['theirs', 'saved'])
})

test('a change by someone else is never written over, and what was typed stays', async () => {
  const { file, at, now, writtenByOthers } = await opened()
  writtenByOthers('theirs')
  file.edit('mine')
  assert.equal(await file.save(), false)
  assert.deepEqual([now().state, now().text, at.text], ['conflict', 'mine', 'theirs'])
  file.edit('mine, and more')
  assert.equal(now().state, 'conflict')
  assert.equal(await file.keepMine(), true)
  assert.deepEqual([now().state, at.text], ['saved', 'mine, and more'])
})

test('a change by someone else does not take the place of what is being typed', async () => {
  const { file, now, writtenByOthers } = await opened()
  file.edit('mine')
  writtenByOthers('theirs')
  await file.refresh()
  assert.deepEqual([now().text, now().state], ['mine', 'typing'])
  assert.equal(await file.save(), false)
})

test('loading theirs hands back what was typed', async () => {
  const { file, at, now, writtenByOthers } = await opened()
  writtenByOthers('theirs')
  file.edit('mine')
  await file.save()
  assert.equal(await file.loadTheirs(), 'mine')
  assert.deepEqual([now().text, now().state, at.draft], ['theirs', 'saved', null])
})

test('keeping mine brings a deleted file back', async () => {
  const { file, at, room } = await opened()
  file.edit('mine')
  at.version++
  await file.save()
  room.read = async () => {
    throw new AppError('not_found', 'Gone.')
  }
  const again = openFile({ ...room, write: async (text, base) => (assert.equal(base, undefined), room.write(text, base)) })
  again.store.setState(file.store.getState())
  assert.equal(await again.keepMine(), true)
  assert.equal(at.text, 'mine')
})

test('a save that fails keeps the text and can be tried again', async () => {
  const { file, at, now } = await opened()
  at.fails = new AppError('unavailable', 'The disk is full.')
  file.edit('two')
  assert.equal(await file.save(), false)
  assert.deepEqual([now().state, now().error?.message, at.draft?.text], ['failed', 'The disk is full.', 'two'])
  at.fails = null
  assert.equal(await file.save(), true)
  assert.equal(at.text, 'two')
})

test('a draft that was left behind is saved when its file did not change', async () => {
  const there = disk('one')
  there.at.draft = { text: 'typed before the page went away', baseVersion: '1' }
  const file = openFile(there.room)
  await file.refresh()
  assert.equal(await file.save(), true)
  assert.equal(there.at.text, 'typed before the page went away')
})

test('a draft that was left behind is asked about when its file changed', async () => {
  const there = disk('one')
  there.at.draft = { text: 'mine', baseVersion: '0' }
  const file = openFile(there.room)
  await file.refresh()
  assert.deepEqual([file.store.getState().state, file.store.getState().text, there.at.text], ['conflict', 'mine', 'one'])
})

test('an answer that was asked for before a save does not bring the old text back', async () => {
  const { file, at, now, room } = await opened()
  const { promise, resolve } = Promise.withResolvers<void>()
  const old = { text: at.text, version: '1' }
  room.read = async () => (await promise, old)
  const again = openFile({ ...room, read: () => room.read() })
  again.store.setState(file.store.getState())
  const reading = again.refresh()
  again.edit('two')
  await again.save()
  resolve()
  await reading
  assert.equal(again.store.getState().text, 'two')
  assert.equal(now().text, 'one')
})
