import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { actionShapes, connectorFacts } from '../../connectors/facts.ts'
import { connectors } from '../../connectors/index.ts'
import type { Json } from '../json.ts'
import { entity } from './entity.ts'
import { typesFor } from './types-text.ts'

const ticket = entity.parse({
  name: 'Ticket',
  description: 'What somebody needs. */ Not the end.',
  properties: {
    title: { type: 'string' },
    status: { type: 'string', enum: ['open', 'closed'], default: 'open' },
    points: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    address: { type: 'object', properties: { city: { type: 'string' } } },
    'due date': { type: 'string', format: 'date' },
  },
  required: ['title'],
})
const odd = ['Promise', 'Error', 'Partial', 'class', 'string', 'Entity', 'Records', 'connectors'].map(name =>
  entity.parse({ name, properties: { text: { type: 'string' } } }),
)
const model = { entities: [ticket, ...odd].map(each => ({ file: `entities/${each.name}.jsonc`, entity: each })) }
const facts = Object.values(connectors).map(connector => ({ ...connectorFacts(connector), actions: actionShapes(connector) }))

const right: Record<string, string> = {
  'the function of the guide': `
    import { connectors, entities } from 'plugboard'
    import type { Ticket } from 'plugboard'
    export default async function postNewTicketToSlack({ ticket }: { ticket: Ticket }) {
      await connectors.slackbot.postMessage({ channel: '#support', text: \`New ticket: \${ticket.title}\` })
      return entities.Ticket.count()
    }`,
  'every method of an entity': `
    import { entities } from 'plugboard'
    export default async () => {
      const made = await entities.Ticket.create({ title: 'x', status: 'open', tags: ['a'], address: { city: 'Bern' }, 'due date': '2026-01-01' })
      const status: 'open' | 'closed' = made.status
      const points: number | undefined = made.points
      const times: string = made.created_date + made.updated_date
      await entities.Ticket.update(made.id, { points: 3 })
      const found = await entities.Ticket.list({
        q: { status: 'open', points: { $gte: 3 }, 'address.city': 'Bern', $or: [{ title: 'x' }, { tags: { $in: [['a']] } }] },
        sort: '-points',
        limit: 10,
      })
      await entities.Ticket.list({ sort: 'created_date' })
      await entities.Ticket.delete((await entities.Ticket.get(made.id)).id)
      return { status, points, times, titles: found.map(({ title }) => title.trim()) }
    }`,
  'entities with the names of types and words': `
    import { entities, type Promise as Promised } from 'plugboard'
    const kept: Promised[] = []
    export default async () => {
      kept.push(await entities.Promise.create({ text: 'x' }))
      return [await entities.Error.count(), await entities.class.count(), await entities.string.count(), await entities.connectors.count()]
    }`,
  'any JSON in a row': `
    import { connectors } from 'plugboard'
    export default async () => {
      await connectors.googlesheets.appendRow({ spreadsheet: 'Orders', row: { Name: 'Lamp', Parts: [1, { two: null }] } })
      const { rows } = await connectors.googlesheets.readRows({ spreadsheet: 'Orders' })
      return rows.filter(({ values }) => values.Name === 'Lamp').map(({ row }) => row.toFixed())
    }`,
  'errors and answers': `
    import { connectors, PlugboardError } from 'plugboard'
    export default async () => {
      try {
        const channels = await connectors.slackbot.listChannels()
        return channels.map(({ name, members }) => name.toUpperCase() + members.toFixed())
      } catch (error) {
        if (error instanceof PlugboardError && error.code === 'needs_connection') return error.message
        throw error
      }
    }`,
}

const wrong: Record<string, [source: string, words: RegExp]> = {
  'a field that the entity has not': [
    `import { entities } from 'plugboard'; void entities.Ticket.create({ title: 'x', colour: 'red' })`,
    /colour/,
  ],
  'a missing field': [`import { entities } from 'plugboard'; void entities.Ticket.create({ points: 3 })`, /title/],
  'a value that is no choice': [`import { entities } from 'plugboard'; void entities.Ticket.update('1', { status: 'done' })`, /"done"/],
  'a filter by an unknown field': [`import { entities } from 'plugboard'; void entities.Ticket.list({ q: { colour: 'red' } })`, /colour/],
  'a sort by an unknown field': [`import { entities } from 'plugboard'; void entities.Ticket.list({ sort: '-colour' })`, /-colour/],
  'an unknown entity': [`import { entities } from 'plugboard'; void entities.Nothing.count()`, /Nothing/],
  'an unknown action': [`import { connectors } from 'plugboard'; void connectors.slackbot.shout({})`, /shout/],
  'a wrong input field': [
    `import { connectors } from 'plugboard'; void connectors.slackbot.postMessage({ channel: '#a', text: 'x', txt: 'y' })`,
    /txt/,
  ],
  'a missing input': [`import { connectors } from 'plugboard'; void connectors.slackbot.postMessage()`, /Expected 1 argument/],
  'a row of what is no JSON': [
    `import { connectors } from 'plugboard'; void connectors.googlesheets.appendRow({ spreadsheet: 'x', row: { at: [() => 1] } })`,
    /\(\) => number/,
  ],
  'a wrong use of an answer': [
    `import { connectors } from 'plugboard'; void connectors.slackbot.listChannels().then(all => all[0].colour)`,
    /colour/,
  ],
}

let folder = ''
const complaints = new Map<string, string[]>()
const fileOf = (title: string) => `${title.replaceAll(/\W+/g, '-')}.ts`

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'types-'))
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2024',
    lib: ['es2024'],
    types: [],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  await writeFile(join(folder, 'plugboard.d.ts'), typesFor(model, facts))
  for (const [title, source] of Object.entries(right)) await writeFile(join(folder, fileOf(title)), source)
  for (const [title, [source]] of Object.entries(wrong)) await writeFile(join(folder, fileOf(title)), source)
  const output = await new Promise<string>(done =>
    execFile(resolve('node_modules/typescript/bin/tsc'), ['-p', folder, '--pretty', 'false'], { cwd: folder }, (_, stdout) => done(stdout)),
  )
  for (const line of output.split('\n')) {
    const [, file, message] = /^(\S+?)\(\d+,\d+\): (.*)$/.exec(line) ?? []
    if (file && message) complaints.set(file, [...(complaints.get(file) ?? []), message])
    else complaints.get([...complaints.keys()].at(-1) ?? '')?.push(line)
  }
})
after(() => rm(folder, { recursive: true, force: true }))

test('the declarations themselves are without fault', () => {
  assert.deepEqual(complaints.get('plugboard.d.ts'), undefined)
})

for (const title of Object.keys(right)) test(`compiles: ${title}`, () => assert.deepEqual(complaints.get(fileOf(title)), undefined))

for (const [title, [, words]] of Object.entries(wrong))
  test(`is refused: ${title}`, () => assert.match(complaints.get(fileOf(title))?.join('\n') ?? 'It compiled.', words))

test('an app without anything has its module too, and an action without a known answer is any', () => {
  const inputSchema: Json = { type: 'object', properties: {} }
  const text = typesFor({ entities: [] }, [{ id: 'x-y', name: 'X', actions: [{ id: 'do it', title: 'Do', does: 'Does.', inputSchema }] }])
  assert.match(text, /readonly "x-y": \{\n\s+\/\*\* Do: Does\. \*\/\n\s+"do it"\(input\?: \{ \[name: string\]: unknown \}\): Promise<any>/)
})
