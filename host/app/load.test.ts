import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { loadApp } from './load.ts'

const ticket = `{
  // A support request.
  "name": "Ticket",
  "type": "object",
  "properties": {
    "title": { "type": "string" },
    "x-unknown": { "type": "string", "x-more": true },
  },
}`
const daily = `{
  "name": "Daily",
  "trigger": { "config": { "trigger_type": "scheduled", "cron_expression": "0 9 * * *", "timezone": "Europe/Berlin" } },
  "definition": {
    "document": { "dsl": "1.0.0", "namespace": "app", "name": "daily", "version": "1.0.0" },
    "do": [
      { "send": { "call": "invoke_backend_function", "with": { "function_name": "sendDigest" } } }
    ]
  }
}`

async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'app-'))
  await change(root, files)
  return root
}

async function change(root: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

test('an app is what its folder says: entities, functions by folder, flows by file name, connectors', async () => {
  const root = await folderWith({
    'config.jsonc': '{ "name": "Support desk" }',
    'entities/Ticket.jsonc': ticket,
    'functions/sendDigest/entry.ts': 'connectors.gmail.send({}); // connectors.slackbot.no()',
    'functions/billing/charge/entry.js': 'export default () => {}',
    'functions/sendDigest/lib/format.ts': "connectors['googlesheets'].appendRow()",
    'workflows/daily.jsonc': daily,
    'connectors/gmail.jsonc': '{ "type": "gmail" }',
    'README.md': '# Not read',
  })
  const model = await loadApp('support', root)
  assert.deepEqual(model.problems, [])
  assert.equal(model.config.name, 'Support desk')
  assert.deepEqual(
    model.entities.map(({ file, entity }) => [file, entity.name, Object.keys(entity.properties)]),
    [['entities/Ticket.jsonc', 'Ticket', ['title', 'x-unknown']]],
  )
  assert.deepEqual(
    model.functions.map(({ name, file, uses }) => [name, file, uses.map(use => `${use.connector}.${use.action}`)]),
    [
      ['billing/charge', 'functions/billing/charge/entry.js', []],
      ['sendDigest', 'functions/sendDigest/entry.ts', ['gmail.send', 'googlesheets.appendRow']],
    ],
  )
  assert.deepEqual(
    model.flows.map(({ name, file }) => [name, file]),
    [['daily', 'workflows/daily.jsonc']],
  )
  assert.deepEqual(model.connectors[0]?.connector, { type: 'gmail', scopes: [], mode: 'shared' })
})

const board = `{
  "name": "board",
  "title": "The board",
  "order": 1,
  "x-own": true,
  "blocks": [
    { "type": "table", "entity": "Ticket", "x-more": 1 },
    { "type": "form", "entity": "Ticket" }
  ]
}`

test('pages stand in their order, and keys that are not known stay', async () => {
  const root = await folderWith({
    'pages/a.jsonc': '{ "name": "about", "title": "About", "blocks": [{ "type": "text", "text": "Hello" }] }',
    'pages/b.jsonc': board,
    'pages/c.jsonc': '{ "name": "board", "title": "Again", "blocks": [] }',
  })
  const { pages, problems } = await loadApp('a', root)
  assert.deepEqual(
    pages.map(({ file, page }) => [file, page.name]),
    [
      ['pages/b.jsonc', 'board'],
      ['pages/a.jsonc', 'about'],
    ],
  )
  assert.deepEqual(pages[0]?.page.blocks, [
    { type: 'table', entity: 'Ticket', 'x-more': 1 },
    { type: 'form', entity: 'Ticket', place: 'button' },
  ])
  assert.equal(pages[0]?.page['x-own'], true)
  assert.deepEqual(problems, [{ path: 'pages/c.jsonc', message: 'The page “board” is already in pages/b.jsonc. Rename one of them.' }])
})

test('a block that no page has is told at its line, and the page stays as it last was', async () => {
  const root = await folderWith({ 'pages/b.jsonc': board })
  const good = await loadApp('a', root)
  await change(root, { 'pages/b.jsonc': board.replace('"form"', '"map"') })
  const broken = await loadApp('a', root, good)
  assert.deepEqual(broken.pages, good.pages)
  assert.deepEqual(broken.problems, [
    { path: 'pages/b.jsonc', line: 8, column: 7, message: '“blocks[1].type” must be one of table, form, detail, connect-account, text.' },
  ])
  await change(root, { 'pages/b.jsonc': board.replace('"board"', '"api"') })
  assert.deepEqual(
    (await loadApp('a', root)).problems.map(({ line, message }) => [line, message]),
    [[2, '“name” is not right. This address is used by the app itself. Choose another name.']],
  )
})

test('a project with its app below base44/ opens the same way', async () => {
  const root = await folderWith({
    'base44/config.jsonc': '{"name":"Inside"}',
    'base44/entities/Ticket.jsonc': ticket,
    'package.json': '{}',
  })
  const model = await loadApp('inside', root)
  assert.equal(model.config.name, 'Inside')
  assert.equal(model.entities[0]?.file, 'base44/entities/Ticket.jsonc')
})

test('a file without its comma is told with line and column, and its last good version goes on', async () => {
  const root = await folderWith({ 'entities/Ticket.jsonc': ticket })
  const good = await loadApp('a', root)
  await change(root, { 'entities/Ticket.jsonc': '\ufeff{\r\n  "name": "Ticket"\r\n  "properties": {}\r\n}' })
  const broken = await loadApp('a', root, good)
  assert.deepEqual(broken.problems, [{ path: 'entities/Ticket.jsonc', line: 3, column: 3, message: 'A comma is missing before this.' }])
  assert.deepEqual(broken.entities, good.entities)
  assert.deepEqual((await loadApp('a', root)).entities, [])
  await rm(join(root, 'entities/Ticket.jsonc'))
  assert.deepEqual((await loadApp('a', root, broken)).entities, [])
})

test('a value that does not fit is told in words at the line of its key', async () => {
  const problems = async (file: string, text: string) => {
    const { problems } = await loadApp('a', await folderWith({ [file]: text }))
    return problems.map(({ line, message }) => `${line}: ${message}`)
  }
  assert.deepEqual(await problems('entities/T.jsonc', '{\n"name": "T",\n"properties": {\n"a": { "type": "text" } } }'), [
    '4: “properties.a.type” must be one of string, number, integer, boolean, array, object.',
  ])
  assert.deepEqual(await problems('entities/T.jsonc', '{\n"name": "1 T", "properties": []}'), [
    '2: “name” is not right. Use letters, digits and underscores, starting with a letter.',
    '2: “properties” must be an object.',
  ])
  assert.deepEqual(await problems('config.jsonc', '{}'), ['1: “name” is missing.'])
  assert.deepEqual(await problems('config.jsonc', '[1]'), ['1: This file must be an object.'])
  assert.deepEqual(await problems('config.jsonc', ''), ['1: This file is empty.'])
  assert.deepEqual(await problems('config.jsonc', '{"name": "a",\n"name": "b"}'), ['2: “name” is here twice. The last one counts.'])
  assert.deepEqual(
    await problems(
      'workflows/daily.jsonc',
      daily.replace(
        '"invoke_backend_function", "with": { "function_name": "sendDigest" }',
        '"invoke_connector_action",\n"with": { "connector": "slackbot" }',
      ),
    ),
    ['8: “definition.do[0].send.with.action” is missing.'],
  )
  assert.deepEqual(await problems('workflows/daily.jsonc', daily.replace('scheduled', 'sometimes')), [
    '3: “trigger.config.trigger_type” must be one of entity, scheduled, webhook, manual, connector, in_app_agent, app_user_auth, app_publish, app_payment.',
  ])
  assert.deepEqual(await problems('config.jsonc', '['.repeat(200_000)), ['1: This file nests too deeply.'])
})

test('a broken function.jsonc is told with its line; the function keeps its last settings', async () => {
  const root = await folderWith({ 'functions/f/entry.ts': '', 'functions/f/function.jsonc': '{ "timeoutSeconds": 5 }' })
  const good = await loadApp('a', root)
  assert.equal(good.functions[0]?.config.timeoutSeconds, 5)
  await change(root, { 'functions/f/function.jsonc': '{\n"timeoutSeconds": 9999 }' })
  const broken = await loadApp('a', root, good)
  assert.deepEqual(broken.problems, [
    { path: 'functions/f/function.jsonc', line: 2, column: 1, message: '“timeoutSeconds” must be 300 or less.' },
  ])
  assert.deepEqual(broken.functions, good.functions)
})

test('a function without its entry, or with one outside its folder, is a problem', async () => {
  const root = await folderWith({
    'functions/f/function.jsonc': '{ "entry": "main.ts" }',
    'functions/g/function.jsonc': '{ "entry": "../../secret.ts" }',
    'secret.ts': '',
  })
  const model = await loadApp('a', root)
  assert.deepEqual(model.functions, [])
  assert.deepEqual(
    model.problems.map(({ message }) => message),
    ['The function “f” has no main.ts.', 'The function “g” has no ../../secret.ts.'],
  )
})

test('two files that say the same name are told, and the first stays, whatever the case of letters', async () => {
  const root = await folderWith({ 'entities/A.jsonc': ticket, 'entities/B.jsonc': ticket.replace('"Ticket"', '"TICKET"') })
  const model = await loadApp('a', root)
  assert.deepEqual(
    model.entities.map(({ file }) => file),
    ['entities/A.jsonc'],
  )
  assert.deepEqual(model.problems, [
    { path: 'entities/B.jsonc', message: 'The entity “TICKET” is already in entities/A.jsonc. Rename one of them.' },
  ])
})

test('a link that leads out of the folder is not followed; one that stays inside is', async () => {
  const outside = await folderWith({ 'Secret.jsonc': ticket.replace('Ticket', 'Secret'), 'f/entry.ts': '' })
  const root = await folderWith({ 'entities/Ticket.jsonc': ticket, 'functions/real/entry.ts': '' })
  await symlink(join(outside, 'Secret.jsonc'), join(root, 'entities/Secret.jsonc'))
  await symlink(join(outside, 'f'), join(root, 'functions/f'))
  await symlink(join(root, 'functions'), join(root, 'functions/real/loop'))
  await symlink('Ticket.jsonc', join(root, 'entities/Link.jsonc'))
  const model = await loadApp('a', root)
  assert.deepEqual(
    model.entities.map(({ file }) => file),
    ['entities/Link.jsonc'],
  )
  assert.match(model.problems[0]?.message ?? '', /already in/)
  assert.ok(!model.functions.some(({ name }) => name === 'f'))
})

test('files that are not text, or too large, are told and nothing else suffers', async () => {
  const root = await folderWith({
    'entities/A.jsonc': new Uint8Array([0xff, 0xfe, 0x00]),
    'entities/B.jsonc': ' '.repeat(1024 * 1024 + 1),
    'entities/Ticket.jsonc': ticket,
  })
  const model = await loadApp('a', root)
  assert.deepEqual(
    model.problems.map(({ message }) => message),
    ['This file is not UTF-8 text.', 'This file is over 1 MB, too large for a file of an app.'],
  )
  assert.equal(model.entities.length, 1)
})

test('a folder that is not there keeps the last model, with a problem', async () => {
  const root = await folderWith({ 'entities/Ticket.jsonc': ticket })
  const good = await loadApp('a', root)
  await rm(root, { recursive: true })
  const gone = await loadApp('a', root, good)
  assert.deepEqual(gone.entities, good.entities)
  assert.match(gone.problems[0]?.message ?? '', /not there/)
  assert.match((await loadApp('a', root)).problems[0]?.message ?? '', /not there/)
})

test('reading an app changes none of its files', async () => {
  const root = await folderWith({ 'entities/Ticket.jsonc': ticket })
  await loadApp('a', root)
  assert.equal(await readFile(join(root, 'entities/Ticket.jsonc'), 'utf8'), ticket)
})
