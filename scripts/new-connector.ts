import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { declarations } from '../connectors/load.ts'
import type { Provider } from '../core/provider.ts'
import { declarationText, testText, type NewConnector } from './connector-template.ts'

const root = resolve(import.meta.dirname, '..')
const folder = join(root, 'connectors')
const usage = 'Usage: npm run new-connector NAME -- --provider ID [--title "Its Name"] [--category NAME] [--icon SET:ICON]'

/** A reason not to make it: one sentence for whoever asked. */
class Refusal extends Error {}

type Words = { id: string; title?: string; provider?: string; category?: string; icon?: string }

function readWords(words: string[]): Words {
  try {
    const string = { type: 'string' } as const
    const options = { title: string, provider: string, category: string, icon: string }
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true })
    const [id, ...more] = positionals
    if (id === undefined || more.length > 0) throw new Refusal(usage)
    return { id, ...values }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(usage)
  }
}

async function make(words: Words): Promise<void> {
  checkName(words.id)
  const found: NewConnector = {
    id: words.id,
    name: words.title ?? words.id.slice(0, 1).toUpperCase() + words.id.slice(1),
    category: words.category ?? 'Other',
    icon: iconFor(words),
    ...(await providerFor(words)),
  }
  mkdirSync(join(folder, found.id))
  writeFileSync(join(folder, found.id, `${found.id}.ts`), declarationText(found))
  writeFileSync(join(folder, found.id, `${found.id}.test.ts`), testText(found))
  addToList(found.id)
  run(join(root, 'node_modules', 'oxfmt', 'bin', 'oxfmt'), join('connectors', found.id), join('connectors', 'load.ts'))
  run(join(root, 'scripts', 'connectors.ts'))
  process.stdout.write(
    `connectors/${found.id} is there and works against an API of its shape. Fit it to ${found.name}: docs/connectors.md says how.\n` +
      `Its tests: node --test connectors/${found.id} connectors/connectors.test.ts\n`,
  )
}

function checkName(id: string): void {
  if (!/^[a-z][a-z0-9]{1,29}$/.test(id))
    throw new Refusal(`“${id}” cannot be a connector’s name: use 2 to 30 small letters and digits, a letter first.`)
  if (Object.hasOwn(declarations, id) || existsSync(join(folder, id)) || existsSync(join(folder, `${id}.ts`)))
    throw new Refusal(`“${id}” is taken: choose another name.`)
}

/** The provider that was asked for, or the one of the same name. */
async function providerFor({ id, provider = id }: Words): Promise<Pick<NewConnector, 'providerFile' | 'providerExport'>> {
  const known = new Map<string, Pick<NewConnector, 'providerFile' | 'providerExport'>>()
  for (const providerFile of readdirSync(join(folder, 'providers')).filter(file => /^[\w-]+\.ts$/.test(file)))
    for (const [providerExport, value] of Object.entries((await import(join(folder, 'providers', providerFile))) as object))
      if (isProvider(value)) known.set(value.id, { providerFile, providerExport })
  const found = known.get(provider)
  if (found) return found
  throw new Refusal(
    `There is no provider “${provider}”: choose one of ${[...known.keys()].sort().join(', ')} with --provider, or declare it first.`,
  )
}

const isProvider = (value: unknown): value is Provider =>
  typeof value === 'object' && value !== null && 'id' in value && 'apiOrigins' in value && 'tokenEndpoint' in value

const sets = ['logos', 'simple-icons']

/** The brand's icon: with its colours where there is one, else of one colour. */
function iconFor({ id, icon }: Words): string {
  const asked = icon ? [icon] : sets.flatMap(set => [`${set}:${id}-icon`, `${set}:${id}`])
  const found = asked.find(name => iconNames().has(name))
  if (found) return found
  const near = [...iconNames()].filter(name => name.includes(id)).slice(0, 5)
  const hint = near.length > 0 ? ` Near it: ${near.join(', ')}.` : ''
  throw new Refusal(`There is no icon ${icon ?? `of “${id}”`} in ${sets.join(' or ')}: choose one with --icon SET:ICON.${hint}`)
}

let names: Set<string> | undefined
const iconNames = (): Set<string> => (names ??= new Set(sets.flatMap(iconsOf)))

function iconsOf(set: string): string[] {
  const { icons } = JSON.parse(readFileSync(join(root, 'node_modules', '@iconify-json', set, 'icons.json'), 'utf8')) as {
    icons: Record<string, unknown>
  }
  return Object.keys(icons).map(icon => `${set}:${icon}`)
}

function addToList(id: string): void {
  const file = join(folder, 'load.ts')
  const list = readFileSync(file, 'utf8')
  const end = '} satisfies'
  writeFileSync(
    file,
    list.replace(end, () => `  ${id}: () => import('./${id}/${id}.ts'),\n${end}`),
  )
}

/** A program of Node, in the product's folder. */
function run(program: string, ...words: string[]): void {
  execFileSync(process.execPath, [program, ...words], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}

try {
  await make(readWords(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
