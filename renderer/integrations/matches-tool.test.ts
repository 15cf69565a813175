import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matches, searchTexts } from './matches-tool.ts'

const gmail = searchTexts({
  name: 'Gmail',
  category: 'Email and calendar',
  summary: 'Read and sort mail.',
  actions: [{ title: 'Send an email', does: 'Sends a mail from the account.' }],
})

const slack = searchTexts({
  name: 'Slack',
  category: 'Communication',
  summary: 'Post to channels.',
  actions: [
    { title: 'Send a direct message', does: 'Sends a message to one person.' },
    { title: 'Find a person', does: 'Finds a person by an email address.' },
  ],
})

test('a tool is found by its name, its category and what it can do', () => {
  for (const query of ['', '  ', 'gma', 'CALENDAR', 'send an email', 'email gmail']) assert.ok(matches(gmail, query), query)
})

test('every word has to fit', () => {
  for (const query of ['slack', 'gmail spreadsheet']) assert.ok(!matches(gmail, query), query)
})

test('words of two different actions are no match', () => {
  assert.ok(matches(slack, 'send message'))
  assert.ok(!matches(slack, 'send an email'))
})
