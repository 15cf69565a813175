import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'

/** Writes an app's folder: a Ticket and some functions, in Base44's layout. */
export async function makeApp(t: Pick<TestContext, 'after'>, name = 'tickets'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'api-'))
  t.after(() => rm(parent, { recursive: true, force: true }))
  const root = join(parent, name)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

const files = {
  'config.jsonc': '{ "name": "Tickets" }',
  'entities/Ticket.jsonc': JSON.stringify({
    name: 'Ticket',
    type: 'object',
    properties: { title: { type: 'string' }, points: { type: 'number' }, done: { type: 'boolean' } },
    required: ['title'],
  }),
  'functions/echo/entry.ts': 'export default (input: unknown) => input',
  'functions/reports/weekly/entry.ts': `
    import { entities } from 'plugboard'
    export default async function weekly() { return { open: await entities.Ticket.count({ done: false }) } }`,
  'functions/fails/entry.ts': `export default function fails() { console.log('about to fail'); throw new Error('no luck') }`,
  'functions/broken/entry.ts': 'export default function (',
  'functions/post/entry.ts': `
    import { connectors } from 'plugboard'
    export default () => connectors.slackbot.postMessage({ channel: '#support', text: 'hello' })`,
}
