import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { catalogue, catalogueOf } from './catalogue.ts'
import { connectorFacts } from './facts.ts'
import { connectors } from './index.ts'

/** The files that a fresh process has loaded after `script`. */
async function filesLoadedBy(script: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    `import { registerHooks } from 'node:module'
     const loaded = []
     registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
     const { catalogue } = await import(${JSON.stringify(new URL('catalogue.ts', import.meta.url).href)})
     ${script}
     console.log(JSON.stringify(loaded))`,
  ])
  return JSON.parse(stdout) as string[]
}

const declarations = /\/connectors\/(?!providers\/)\w+\//
const sdks = /node_modules\/(@googleapis|googleapis|@slack|@octokit|gaxios)/

test('the catalogue has every connector, in its order, with what its declaration says', async () => {
  assert.deepEqual(Object.keys(catalogue.tools), Object.keys(connectors))
  for (const [id, connector] of Object.entries(connectors)) {
    assert.equal(connector.id, id)
    assert.equal(await catalogue.load(id), connector)
    const tool = catalogue.tools[id] ?? assert.fail(id)
    assert.equal(tool.provider, connector.provider)
    assert.deepEqual(connectorFacts(tool), connectorFacts(connector), 'run `npm run connectors` when this fails')
  }
})

test('starting with the catalogue loads no declaration and no SDK', async () => {
  const loaded = await filesLoadedBy(`Object.values(catalogue.tools)`)
  assert.deepEqual(
    loaded.filter(file => declarations.test(file) || sdks.test(file)),
    [],
  )
})

test('loading one connector leaves the others, and its SDK, where they are', async () => {
  const loaded = await filesLoadedBy(`await catalogue.load('github')`)
  assert.deepEqual([...new Set(loaded.flatMap(file => declarations.exec(file)?.[0] ?? []))], ['/connectors/github/'])
  assert.deepEqual(
    loaded.filter(file => sdks.test(file)),
    [],
  )
})

for (const [title, some] of [
  ['of the product', catalogue],
  ['made of declarations', catalogueOf(connectors)],
] as const)
  test(`a catalogue ${title} says so when there is no such connector`, async () => {
    for (const id of ['nothing', 'constructor', '__proto__', '']) {
      await assert.rejects(some.load(id), { code: 'not_found', message: /There is no tool called/ })
    }
  })
