import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { connectors } from '../connectors/index.ts'
import type { Connector } from '../core/connector.ts'
import { renderFacts } from '../scripts/generated-facts.ts'
import { percentile } from './percentile.ts'

const rounds = 9
const many = 60

/**
 * What knowing every tool costs a start, with the tools there are and with sixty made of them: the catalogue as it is loaded, every
 * declaration as it would be without it, and the page's first code. In a process of its own each time, bundled as the product is, with zod
 * there already. `npm run build` comes first for the page.
 */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-catalogue-'))
  try {
    const own = Object.values(connectors)
    const [few, sixty] = [await bundle(join(folder, 'few'), own), await bundle(join(folder, 'sixty'), repeated(own))]
    return {
      ...(await measured(`catalogue of ${own.length}`, join(few, 'catalogue.js'))),
      ...(await measured(`catalogue of ${many}`, join(sixty, 'catalogue.js'))),
      ...(await measured(`all declarations of ${own.length}`, join(few, 'index.js'))),
      ...(await measured(`all declarations of ${many}`, join(sixty, 'index.js'))),
      ...(await measured('first use of one', join(sixty, 'catalogue.js'), `await catalogue.load(${JSON.stringify(own[0]?.id)})`)),
      ...(await pageSizes()),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const repeated = (own: readonly Connector[]): Connector[] =>
  Array.from({ length: many }, (_, nth) => {
    const base = own[nth % own.length]
    if (!base) throw new Error('There are no connectors.')
    return nth < own.length ? base : { ...base, id: `${base.id}${nth}` }
  })

/** The connectors' folder with `all` in its list, bundled with a chunk for each declaration. Gives the folder of the bundle. */
async function bundle(folder: string, all: readonly Connector[]): Promise<string> {
  await cp(resolve('connectors'), join(folder, 'connectors'), { recursive: true })
  await cp(resolve('core'), join(folder, 'core'), { recursive: true })
  const sources = await declarationFiles()
  const lines: string[] = []
  for (const { id } of all) {
    const base = id.replace(/\d+$/, '')
    const source = sources[base] ?? ''
    const copy = source.replace(/\.ts$/, `.${id}.ts`)
    // A file of its own, so that each costs what another tool would.
    await cp(resolve('connectors', source), join(folder, 'connectors', copy))
    lines.push(`  ${id}: () => import('./${copy}'),`)
  }
  const list = await readFile(join(folder, 'connectors/load.ts'), 'utf8')
  const changed = list.replace(
    /(export const declarations = \{\n)[^}]*(\} satisfies)/,
    (_, head: string, tail: string) => `${head}${lines.join('\n')}\n${tail}`,
  )
  await writeFile(join(folder, 'connectors/load.ts'), changed)
  await writeFile(join(folder, 'connectors/generated-facts.ts'), renderFacts(all))
  const outdir = join(folder, 'out')
  await mkdir(outdir)
  await build({
    entryPoints: [join(folder, 'connectors/catalogue.ts'), join(folder, 'connectors/index.ts')],
    absWorkingDir: resolve('.'),
    nodePaths: [resolve('node_modules')],
    alias: { zod: resolve('node_modules/zod/index.js') },
    external: [resolve('node_modules/zod/index.js'), '@googleapis/*', '@octokit/*', '@slack/*'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    outdir,
    logLevel: 'error',
  })
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}')
  return outdir
}

/** Where each declaration is, as the list says. */
async function declarationFiles(): Promise<Record<string, string>> {
  const list = await readFile(resolve('connectors/load.ts'), 'utf8')
  return Object.fromEntries([...list.matchAll(/^ {2}(\w+): \(\) => import\('\.\/(.+)'\),$/gm)].map(([, id = '', file = '']) => [id, file]))
}

/** Milliseconds and megabytes that loading a module adds to a process. */
async function measured(title: string, file: string, then = ''): Promise<Record<string, number>> {
  const script = `
    await import(${JSON.stringify(resolve('node_modules/zod/index.js'))})
    gc()
    const before = process.memoryUsage()
    const started = performance.now()
    const { catalogue } = await import(${JSON.stringify(file)})
    ${then}
    const ms = performance.now() - started
    gc()
    const after = process.memoryUsage()
    console.log(JSON.stringify({ ms, mb: (after.heapUsed - before.heapUsed + after.external - before.external) / 1e6, rss: (after.rss - before.rss) / 1e6 }))`
  const figures: { ms: number; mb: number; rss: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module', '-e', script])
    figures.push(JSON.parse(stdout) as (typeof figures)[number])
  }
  const p50 = (figure: 'ms' | 'mb' | 'rss') =>
    percentile(
      figures.map(each => each[figure]),
      50,
    )
  return { [`${title}: ms`]: p50('ms'), [`${title}: heap MB`]: p50('mb'), [`${title}: RSS MB`]: p50('rss') }
}

/** What the page loads before its first screen, what comes with a code editor, and TypeScript's worker, in kB as they are on disk. */
async function pageSizes(): Promise<Record<string, number>> {
  const root = resolve('out/renderer')
  const html = await readFile(join(root, 'index.html'), 'utf8')
  const kB = async (file: string) => (await stat(join(root, file))).size / 1000
  const first = [...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(?:js|css))"/g)].map(([, file = '']) => file)
  const assets = await readdir(join(root, 'assets'))
  const sizeOf = async (name: RegExp) => {
    const sizes = await Promise.all(assets.filter(file => name.test(file)).map(file => kB(`assets/${file}`)))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  const sizes = await Promise.all(first.map(kB))
  return {
    'page, first code and styles kB': sizes.reduce((sum, size) => sum + size, 0),
    'page, brand icons kB': await sizeOf(/^brand-icons-.*\.js$/),
    'page, code editor kB': await sizeOf(/^code-mirror-.*\.js$/),
    'page, TypeScript worker kB': await sizeOf(/^worker-.*\.js$/),
  }
}
