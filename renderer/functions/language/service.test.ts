import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { actionShapes, connectorFacts } from '../../../connectors/facts.ts'
import { connectors } from '../../../connectors/index.ts'
import { entity } from '../../../core/app/entity.ts'
import { typesFor } from '../../../core/app/types-text.ts'
import { createLanguage } from './service.ts'

const folder = dirname(createRequire(import.meta.url).resolve('typescript-6'))
const library = Object.fromEntries(
  readdirSync(folder)
    .filter(name => /^lib\.(es.*|decorators.*|webworker)\.d\.ts$/.test(name))
    .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
)
const ticket = entity.parse({
  name: 'Ticket',
  properties: {
    title: { type: 'string', description: 'What somebody needs.' },
    status: { type: 'string', enum: ['open', 'closed'], default: 'open' },
  },
  required: ['title'],
})
const types = typesFor(
  { entities: [{ file: 'entities/Ticket.jsonc', entity: ticket }] },
  Object.values(connectors).map(each => ({ ...connectorFacts(each), actions: actionShapes(each) })),
)
const language = createLanguage(library)
language.declare(types)

const path = 'functions/post/entry.ts'
const head = `import { connectors, entities } from 'plugboard'\n`
/** What is offered at the bar in a text, without being asked for it. */
function offered(textWithBar: string, asked = false): string[] | null {
  const at = textWithBar.indexOf('|')
  return language.suggest(path, textWithBar.replace('|', ''), at, asked)?.entries.map(({ label }) => label) ?? null
}
const first = (labels: string[] | null) => labels?.toSorted() ?? null

test('after “connectors.” come the connectors, after one of them its actions', () => {
  assert.deepEqual(first(offered(`${head}connectors.|`)), Object.keys(connectors).sort())
  assert.deepEqual(first(offered(`${head}connectors.slackbot.|`)), Object.keys(connectors['slackbot']?.actions ?? {}).sort())
})

test('within the braces of an action come its input fields, and only those that are not there yet', () => {
  assert.deepEqual(first(offered(`${head}connectors.slackbot.postMessage({ | })`)), ['channel', 'text', 'threadTs'])
  assert.deepEqual(first(offered(`${head}connectors.slackbot.postMessage({ channel: '#a', | })`)), ['text', 'threadTs'])
})

test('a field of choices offers them, in quotes or without', () => {
  assert.deepEqual(first(offered(`${head}connectors.github.listIssues({ repository: 'a/b', state: '|' })`)), ['all', 'closed', 'open'])
  assert.ok(offered(`${head}connectors.github.listIssues({ repository: 'a/b', state: | })`, true)?.includes("'closed'"))
})

test('an answer is known by its fields', () => {
  const text = `${head}for (const channel of await connectors.slackbot.listChannels()) channel.|`
  assert.deepEqual(first(offered(text)), ['id', 'isMember', 'members', 'name', 'topic'])
})

test('tables offer their methods, fields and the choices of a field', () => {
  assert.deepEqual(first(offered(`${head}entities.|`)), ['Ticket'])
  assert.ok(offered(`${head}entities.Ticket.|`)?.includes('create'))
  assert.deepEqual(first(offered(`${head}entities.Ticket.create({ | })`)), ['status', 'title'])
  assert.deepEqual(first(offered(`${head}entities.Ticket.create({ title: '', status: '|' })`)), ['closed', 'open'])
})

test('where anything could stand, nothing is offered before a letter is typed or somebody asks', () => {
  assert.equal(offered(`${head}const x = |`), null)
  assert.equal(offered(`${head}if (true) { | }`), null)
  assert.ok(offered(`${head}const x = |`, true)?.includes('connectors'))
  assert.ok(offered(`${head}const x = con|`)?.includes('connectors'))
})

test('a suggestion is described with its signature and its words', () => {
  const text = `${head}connectors.slackbot.po`
  const described = language.describe(path, text, text.length, { label: 'postMessage' })
  assert.match(described?.signature ?? '', /postMessage\(input: \{[^]*channel: string/)
  assert.equal(described?.text, 'Post a message: Posts a message to a channel as the bot. Each call posts again.')
  assert.deepEqual(described?.edits, [])
})

test('what is not imported yet is offered, and brings its import along', () => {
  const text = `export default async () => conn`
  const found = language.suggest(path, text, text.length, false)?.entries.find(({ label }) => label === 'connectors')
  assert.equal(found?.source, 'plugboard')
  const [edit] = language.describe(path, text, text.length, found)?.edits ?? []
  assert.match(edit?.insert ?? '', /import \{ connectors \} from ['"]plugboard['"]/)
  assert.equal(edit?.from, 0)
})

test('pointing at a field says what it is', () => {
  const text = `${head}connectors.slackbot.postMessage({ channel: '#a', text: 'b' })`
  const hover = language.hover(path, text, text.indexOf('channel:'))
  assert.equal(hover?.text, 'Channel: A channel such as #support, or its id.')
  assert.equal(text.slice(hover?.from, hover?.to), 'channel')
  assert.equal(language.hover(path, text, text.indexOf('{ channel')), null)
})

test('a wrong type is said in one line, at its place', () => {
  const [problem, ...more] = language.problems(path, `${head}\nvoid connectors.slackbot.postMessage({ channel: 5, text: 'x' })`)
  assert.deepEqual(more, [])
  assert.deepEqual(problem, { line: 3, column: 40, message: "Type 'number' is not assignable to type 'string'." })
  assert.match(language.problems(path, `${head}void entities.Ticket.create({ status: 'done', title: '' })`)[0]?.message ?? '', /"done"/)
  assert.match(language.problems(path, `${head}void connectors.slackbot.shout({})`)[0]?.message ?? '', /'shout' does not exist/)
})

for (const [title, text] of [
  [
    'a function as the guide has it',
    `${head}export default async ({ ticket }) => connectors.slackbot.postMessage({ channel: '#a', text: ticket.title })`,
  ],
  [
    'files, packages and Node’s modules that are beside it',
    `import { z } from 'zod'\nimport a from './a.ts'\nimport { join } from 'node:path'\nz.x(a.y, join('a'))`,
  ],
  [
    'what every sandbox has',
    `console.log(new URL('https://a.b'), crypto.randomUUID(), structuredClone({}), new TextEncoder()); setTimeout(() => {}, 1)`,
  ],
  ['a fault of syntax, which the bundler says', `const = 1`],
  ['nothing at all', ''],
] as const)
  test(`has no word against ${title}`, () => assert.deepEqual(language.problems(path, text), []))

test('what changes in the app is known at once', () => {
  const own = createLanguage(library)
  own.declare(typesFor({ entities: [] }, []))
  const text = `import { entities } from 'plugboard'\nvoid entities.Ticket.count()`
  assert.equal(own.problems(path, text).length, 1)
  own.declare(types)
  assert.deepEqual(own.problems(path, text), [])
  assert.deepEqual(own.problems('functions/other/entry.js', text), [])
})
