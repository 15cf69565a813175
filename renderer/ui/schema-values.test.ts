import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { actionShapes } from '../../connectors/facts.ts'
import { connectors } from '../../connectors/index.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { fieldsOf, filledIn, problemsIn, startOf, unreadable } from './schema-values.ts'

const shapeOf = (connector: string, action: string): Json =>
  actionShapes(connectors[connector] ?? assert.fail(connector)).find(({ id }) => id === action)?.inputSchema ?? assert.fail(action)
const kinds = (schema: Json) => Object.fromEntries(fieldsOf(schema).map(({ name, kind }) => [name, kind]))

test('each field has the control that fits it', () => {
  assert.deepEqual(kinds(shapeOf('slackbot', 'postMessage')), { channel: 'remote', text: 'long', threadTs: 'text' })
  assert.deepEqual(kinds(shapeOf('github', 'listIssues')), { repository: 'remote', state: 'choice', labels: 'list', limit: 'number' })
  assert.deepEqual(kinds(shapeOf('googlesheets', 'appendRow')), { spreadsheet: 'remote', sheet: 'text', row: 'pairs' })
  assert.deepEqual(kinds(shapeOf('gmail', 'sendEmail')), {
    to: 'text',
    subject: 'text',
    text: 'long',
    html: 'long',
    cc: 'text',
    bcc: 'text',
  })
  assert.deepEqual(
    kinds({ properties: { on: { type: 'boolean' }, any: {}, deep: { type: 'object', properties: { a: { type: 'null' } } } } }),
    {
      on: 'switch',
      any: 'json',
      deep: 'group',
    },
  )
})

test('every input of every action has a control: nothing but what is open must be written as JSON', () => {
  for (const connector of Object.values(connectors))
    for (const { id, inputSchema } of actionShapes(connector))
      for (const { name, kind } of fieldsOf(inputSchema)) assert.notEqual(kind, 'json', `${connector.id}.${id}.${name}`)
})

test('a form begins with the defaults, and a default need not be given', () => {
  const schema = shapeOf('github', 'listIssues')
  assert.deepEqual(startOf(schema), { state: 'open', labels: [], limit: 30 })
  assert.deepEqual(
    fieldsOf(schema).map(({ name, required }) => [name, required]),
    [
      ['repository', true],
      ['state', false],
      ['labels', false],
      ['limit', false],
    ],
  )
})

const object = (properties: JsonObject, required: string[] = []): JsonObject => ({ type: 'object', properties, required })
const rejected: [title: string, schema: JsonObject, value: JsonObject, problems: Record<string, RegExp>][] = [
  [
    'what is missing',
    object({ channel: { type: 'string', title: 'Channel' } }, ['channel']),
    { channel: '  ' },
    { channel: /^Channel is missing\.$/ },
  ],
  ['a number beyond its range', object({ limit: { type: 'integer', maximum: 5 } }), { limit: 6 }, { limit: /at most 5/ }],
  ['half a thing', object({ limit: { type: 'integer' } }), { limit: 1.5 }, { limit: /whole number/ }],
  ['a long text', object({ text: { type: 'string', maxLength: 3 } }), { text: 'four' }, { text: /longer than 3/ }],
  ['an address without a place', object({ to: { type: 'string', format: 'email' } }), { to: 'mia' }, { to: /mia@example\.com/ }],
  ['a time that is none', object({ at: { type: 'string', format: 'date-time' } }), { at: 'soon' }, { at: /2026-11-21T09:30:00Z/ }],
  ['another form', object({ ts: { type: 'string', pattern: '^\\d+$' } }), { ts: 'x' }, { ts: /form that is asked for/ }],
  [
    'an entry of a list',
    object({ all: { type: 'array', items: { type: 'string', format: 'email' } } }),
    { all: ['a@b.ch', 'x'] },
    { 'all.1': /^Entry 2/ },
  ],
  ['a field of a group', object({ a: object({ b: { type: 'string' } }, ['b']) }, ['a']), { a: {} }, { 'a.b': /^B is missing/ }],
  ['JSON that cannot be read', object({ any: {} }), { any: unreadable }, { any: /not JSON/ }],
]
for (const [title, schema, value, expected] of rejected)
  test(`a form is not sent with ${title}`, () => {
    const problems = problemsIn(schema, value)
    assert.deepEqual(Object.keys(problems), Object.keys(expected))
    for (const [path, sentence] of Object.entries(expected)) assert.match(problems[path] ?? '', sentence)
  })

test('what was left empty is not sent; what was chosen stays as it is', () => {
  const schema = shapeOf('github', 'createIssue')
  assert.deepEqual(filledIn(schema, { repository: 'a/b', title: ' Lamp ', body: '', labels: ['bug', ''], extra: 1 }), {
    repository: 'a/b',
    title: ' Lamp ',
    labels: ['bug'],
  })
  assert.deepEqual(filledIn(object({ a: object({ b: { type: 'string' } }), n: { type: 'number' } }), { a: { b: '' }, n: 0 }), {
    a: {},
    n: 0,
  })
})

test('a form without problems is taken by the action, whatever was typed into its texts', () => {
  const { input } = connectors['slackbot']?.actions['postMessage'] ?? assert.fail()
  const schema = shapeOf('slackbot', 'postMessage')
  const typed = fc.record({ channel: fc.string(), text: fc.string(), threadTs: fc.oneof(fc.string(), fc.constant('1763720000.000100')) })
  fc.assert(
    fc.property(typed, value => {
      assert.equal(Object.keys(problemsIn(schema, value)).length === 0, input.safeParse(filledIn(schema, value)).success)
    }),
  )
})
