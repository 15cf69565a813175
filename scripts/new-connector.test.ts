import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'

const root = resolve(import.meta.dirname, '..')
/** What a connector is made of, and what its tests need. */
const parts = ['core', 'connectors', 'scripts', 'docs/connectors', 'renderer/ui/brand-icons.ts']
const settings = [
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'tsconfig.core.json',
  'tsconfig.node.json',
  '.oxlintrc.json',
  '.oxfmtrc.json',
]
let copy = ''

before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'plugboard-connector-'))
  for (const part of [...parts, ...settings]) await cp(join(root, part), join(copy, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
})
after(() => rm(copy, { recursive: true, force: true }))

/** Without this mark of the tests that run now, Node's test runner would run nothing inside of them. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env

/** Runs a program of Node in the copy. */
const run = (program: string, ...words: string[]) =>
  new Promise<{ code: number; output: string }>(done =>
    execFile(process.execPath, [program, ...words], { cwd: copy, env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr }),
    ),
  )
const make = (...words: string[]) => run(join('scripts', 'new-connector.ts'), ...words)
const passes = async (program: string, ...words: string[]) => assert.deepEqual(await run(program, ...words), { code: 0, output: '' })
const modules = (...names: string[]) => join('node_modules', ...names)

test('a new connector passes lint, format, types and tests, and is in the catalogue, the pages and the tools', async () => {
  const { code, output } = await make('trello', '--provider', 'github', '--title', "Mia's Lists", '--category', 'Tasks')
  assert.equal(code, 0, output)
  assert.match(output, /^connectors\/trello is there/)

  const lint = await run(modules('oxlint', 'bin', 'oxlint'), '--deny-warnings', 'connectors')
  assert.equal(lint.code, 0, lint.output)
  const format = await run(modules('oxfmt', 'bin', 'oxfmt'), '--check', 'connectors/trello', 'connectors/load.ts')
  assert.equal(format.code, 0, format.output)
  await writeFile(join(copy, 'tsconfig.new.json'), JSON.stringify({ extends: './tsconfig.node.json', include: ['connectors/trello'] }))
  await passes(modules('typescript', 'bin', 'tsc'), '-p', 'tsconfig.new.json')

  const tests = await run('--test', 'connectors/trello/*.test.ts', 'connectors/{connectors,catalogue,mcp-tools}.test.ts')
  assert.equal(tests.code, 0, tests.output)
  for (const title of ['the account is known by its address', 'trello: has example prompts and an icon that is bundled'])
    assert.ok(tests.output.includes(title), tests.output)
  const { tools } = JSON.parse((await run('scripts/connectors.ts', 'mcp', 'trello')).output) as { tools: { title: string }[] }
  assert.deepEqual(
    tools.map(({ title }) => title),
    ["Mia's Lists: List items", "Mia's Lists: Add an item"],
  )
  assert.match(await readFile(join(copy, 'docs/connectors/trello.md'), 'utf8'), /^# Mia's Lists\n/)
  assert.match(await readFile(join(copy, 'renderer/ui/brand-icons.ts'), 'utf8'), /"logos:trello"/)
})

test('a provider of the same name need not be said, and its addresses may hold what is known only once connected', async () => {
  const { code, output } = await make('zendesk')
  assert.equal(code, 0, output)
  const tests = await run('--test', 'connectors/zendesk/*.test.ts')
  assert.equal(tests.code, 0, tests.output)
  assert.ok(tests.output.includes('the account is known by its address'), tests.output)
})

const refusals: [title: string, words: string[], sentence: RegExp][] = [
  ['a name with other letters', ['Trello-2'], /^“Trello-2” cannot be a connector’s name: .*\.$/],
  ['a path for a name', ['../x'], /^“\.\.\/x” cannot be a connector’s name: .*\.$/],
  ['a name that is taken', ['gmail'], /^“gmail” is taken: choose another name\.$/],
  ['the name of a folder that is there', ['providers'], /^“providers” is taken: choose another name\.$/],
  [
    'an unknown provider',
    ['asana', '--provider', 'nobody'],
    /^There is no provider “nobody”: choose one of .*google.* with --provider, or declare it first\.$/,
  ],
  [
    'an unknown brand',
    ['qqzz', '--provider', 'google'],
    /^There is no icon of “qqzz” in logos or simple-icons: choose one with --icon SET:ICON\.$/,
  ],
  [
    'an icon that is not there',
    ['asana', '--provider', 'google', '--icon', 'logos:asan'],
    /^There is no icon logos:asan in .* Near it: .*logos:asana.*\.$/,
  ],
  ['no name', [], /^Usage: npm run new-connector NAME/],
  ['two names', ['one', 'two'], /^Usage: npm run new-connector NAME/],
  ['an option that there is not', ['asana', '--colour', 'red'], /^Usage: npm run new-connector NAME/],
]

for (const [title, words, sentence] of refusals)
  test(`is refused in one line, and nothing is written: ${title}`, async () => {
    const before = await readFile(join(copy, 'connectors/load.ts'), 'utf8')
    const { code, output } = await make(...words)
    assert.equal(code, 2)
    assert.match(output.trimEnd(), sentence)
    assert.equal(await readFile(join(copy, 'connectors/load.ts'), 'utf8'), before)
  })
