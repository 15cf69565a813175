/** `npm run bench [name …] -- --json`: runs the measurements and prints them, as a table or as one JSON object. Nothing here is a pass or a fail. */
import { availableParallelism, cpus } from 'node:os'

const benches = {
  start: () => import('./start.ts'),
  functions: () => import('./functions.ts'),
  gateway: () => import('./gateway.ts'),
  flows: () => import('./flows.ts'),
  tokens: () => import('./tokens.ts'),
  planner: () => import('./planner.ts'),
  history: () => import('./history.ts'),
  browse: () => import('./browse.ts'),
  catalogue: () => import('./catalogue.ts'),
  store: () => import('./store.ts'),
  publish: () => import('./publish.ts'),
  'relay-apps': () => import('./relay-apps.ts'),
  published: () => import('./published.ts'),
  webhooks: () => import('./webhooks.ts'),
}
type Name = keyof typeof benches
const isName = (name: string): name is Name => Object.hasOwn(benches, name)

const words = process.argv.slice(2)
const asJson = words.includes('--json')
const chosen = words.filter(word => !word.startsWith('--'))
const unknown = chosen.find(word => !isName(word))
if (unknown) {
  console.error(`There is no bench called “${unknown}”. Choose from: ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}

const names = chosen.length > 0 ? chosen.filter(isName) : Object.keys(benches).filter(isName)
const results: Record<string, Record<string, number>> = {}
for (const name of names) {
  if (!asJson) console.log(`\n${name}`)
  const { run } = await benches[name]()
  results[name] = round(await run())
  if (!asJson) console.table(results[name])
}
if (asJson) {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() }
  console.log(JSON.stringify({ machine, results }, null, 2))
}
process.exit(0)

function round(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value.toPrecision(4))]))
}
