import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { callFor, practiceFor, run } from '../../practice/practice.fixture.ts'
import drive from './drive.ts'

const { practice } = await practiceFor({ after })
const call = await callFor(practice, drive)

test('a file is stored in a folder, found there, and read as it was', async () => {
  const text = 'Größe\r\n--not-a-boundary--\n日本\n'
  const folder = await run(drive, call, 'createFolder', { name: 'Kunden' })
  const stored = await run(drive, call, 'uploadFile', { name: 'Brief.txt', text, folder: folder.id })
  const inside = await run(drive, call, 'listFiles', { folder: folder.id })
  assert.deepEqual(
    inside.map(({ name, folder: isFolder }) => [name, isFolder]),
    [['Brief.txt', false]],
  )
  assert.equal((await run(drive, call, 'readFile', { file: stored.id })).text, text)
})

test('a file is renamed, by its link', async () => {
  const { id } = await run(drive, call, 'uploadFile', { name: 'a.csv', text: 'a,b', type: 'text/csv' })
  await run(drive, call, 'renameFile', { file: `https://drive.google.com/file/d/${id}/view`, name: 'b.csv' })
  assert.deepEqual(
    (await run(drive, call, 'listFiles', { name: 'b.csv' })).map(({ type }) => type),
    ['text/csv'],
  )
})

test('a name with quotes is searched for as it is', async () => {
  await run(drive, call, 'uploadFile', { name: "Mia's \\ file", text: 'x' })
  assert.equal((await run(drive, call, 'listFiles', { name: "Mia's \\ f" })).length, 1)
})

test('a folder has no text, and a missing file is named', async () => {
  const { id } = await run(drive, call, 'createFolder', { name: 'Empty' })
  await assert.rejects(run(drive, call, 'readFile', { file: id }), { code: 'validation', message: /no text/ })
  await assert.rejects(run(drive, call, 'readFile', { file: 'none' }), { code: 'not_found' })
})

test('fields offer folders and files apart', async () => {
  assert.deepEqual(
    (await drive.fields.folder(call, 'Contracts')).map(({ label }) => label),
    ['Contracts'],
  )
  assert.deepEqual(
    (await drive.fields.file(call, 'Answers')).map(({ label }) => label),
    ['Answers we often give.md'],
  )
})
