import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matches, searchText } from './matches-tool.ts'

const gmail = searchText({
  name: 'Gmail',
  category: 'Email and calendar',
  summary: 'Read and send mail.',
  actions: [{ title: 'Send an email', does: 'Sends an email from the account.' }],
})

test('a tool is found by its name, its category and what it can do', () => {
  for (const query of ['', '  ', 'gma', 'CALENDAR', 'send an email', 'email gmail']) assert.ok(matches(gmail, query), query)
})

test('every word has to fit', () => {
  for (const query of ['slack', 'gmail spreadsheet']) assert.ok(!matches(gmail, query), query)
})
