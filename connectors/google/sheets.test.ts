import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { callFor, practiceFor, run } from '../../practice/practice.fixture.ts'
import sheets from './sheets.ts'

const { practice } = await practiceFor({ after })
const call = await callFor(practice, sheets)

test('records become rows under their names, in a spreadsheet that is made on first use', async () => {
  const first = await run(sheets, call, 'appendRow', { spreadsheet: 'Tickets', row: { title: 'Broken lamp', priority: 2, open: true } })
  const second = await run(sheets, call, 'appendRow', { spreadsheet: 'Tickets', row: { title: 'Refund', tags: ['a', 'b'], note: null } })
  assert.equal(second.spreadsheetId, first.spreadsheetId)
  const { columns, rows } = await run(sheets, call, 'readRows', { spreadsheet: 'Tickets' })
  assert.deepEqual(columns, ['title', 'priority', 'open', 'tags', 'note'])
  assert.deepEqual(rows, [
    { row: 2, values: { title: 'Broken lamp', priority: 2, open: true, tags: '', note: '' } },
    { row: 3, values: { title: 'Refund', priority: '', open: '', tags: '["a","b"]', note: '' } },
  ])
})

test('a text that looks like a formula stays text', async () => {
  const { spreadsheetId } = await run(sheets, call, 'appendRow', { spreadsheet: 'Formulas', row: { a: '=1+1' } })
  assert.deepEqual((await run(sheets, call, 'readRows', { spreadsheet: spreadsheetId })).rows[0]?.values, { a: '=1+1' })
})

test('a spreadsheet is named by link, and a row may be a list', async () => {
  const { link } = await run(sheets, call, 'createSpreadsheet', { name: 'List', columns: ['x', 'y'] })
  await run(sheets, call, 'appendRow', { spreadsheet: link, row: [1, 'two'] })
  assert.deepEqual((await run(sheets, call, 'readRows', { spreadsheet: link })).rows, [{ row: 2, values: { x: 1, y: 'two' } }])
})

test('one row is changed where it is told, and nowhere else', async () => {
  const { id } = await run(sheets, call, 'createSpreadsheet', { name: 'Change', columns: ['x', 'y', 'z'] })
  for (const x of [1, 2]) await run(sheets, call, 'appendRow', { spreadsheet: id, row: { x, y: 'old', z: 'kept' } })
  await run(sheets, call, 'updateRow', { spreadsheet: id, row: 3, values: { y: 'new' } })
  const { rows } = await run(sheets, call, 'readRows', { spreadsheet: id })
  assert.deepEqual(
    rows.map(({ values }) => [values['x'], values['y'], values['z']]),
    [
      [1, 'old', 'kept'],
      [2, 'new', 'kept'],
    ],
  )
})

test('spreadsheets are listed, and offered as choices', async () => {
  const names = (await run(sheets, call, 'listSpreadsheets', {})).map(({ name }) => name)
  assert.ok(names.includes('Customers') && names.includes('Tickets'))
  assert.deepEqual(
    (await sheets.fields.spreadsheet(call, 'custom')).map(({ label }) => label),
    ['Customers'],
  )
})

test('a sheet or spreadsheet that is not there is refused in words', async () => {
  await assert.rejects(run(sheets, call, 'readRows', { spreadsheet: 'Nowhere' }), { code: 'not_found', message: /“Nowhere”/ })
  await assert.rejects(run(sheets, call, 'readRows', { spreadsheet: 'Customers', sheet: 'May 2026' }), { code: 'validation' })
})

test('a connection that may only write files of its own does not see others', async () => {
  const scopes = ['openid', 'email', 'https://www.googleapis.com/auth/spreadsheets', 'https://www.googleapis.com/auth/drive.file']
  const narrow = await callFor(practice, sheets, { scopes })
  await assert.rejects(run(sheets, narrow, 'readRows', { spreadsheet: 'Customers' }), { code: 'not_found' })
})

test('the emulator refuses a token that Google did not give', async () => {
  const { origins } = await practice.endpoints('app', sheets.provider)
  const response = await fetch(`${origins['https://sheets.googleapis.com']}/v4/spreadsheets/x`, {
    headers: { authorization: 'Bearer made-up' },
  })
  assert.equal(response.status, 401)
})
