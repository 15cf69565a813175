import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { build } from 'esbuild'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig, settingNames } from '../config.ts'
import { styleFiles } from '../pages/style.ts'

const root = resolve(import.meta.dirname, '../..')
/** What builds the pages of published apps, and what becomes the image. */
const [, pages = '', image = ''] = readFileSync(join(import.meta.dirname, 'Dockerfile'), 'utf8')
  .replaceAll('\\\n', ' ')
  .split(/^(?=FROM )/m)

/** The words after each instruction of one kind. */
const instructions = (name: string, stage = image): string[] =>
  [...stage.matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map(([, rest = '']) => rest.trim())
const environment = Object.fromEntries(
  instructions('ENV').flatMap(line => line.split(/\s+/).map(pair => pair.split('=') as [string, string])),
)

const compose = z
  .object({
    services: z.object({
      relay: z.object({
        build: z.object({ context: z.string(), dockerfile: z.string() }),
        stop_grace_period: z.string(),
        ports: z.array(z.string()),
        environment: z.record(z.string(), z.string()),
        depends_on: z.record(z.string(), z.unknown()),
      }),
      postgres: z.object({ environment: z.record(z.string(), z.string()) }),
    }),
  })
  .parse(parse(readFileSync(join(import.meta.dirname, 'compose.yaml'), 'utf8'))).services

/** Every file of this repository and every package that a relay runs with. */
const { metafile } = await build({
  entryPoints: [join(root, 'relay/serve.ts')],
  absWorkingDir: root,
  outdir: root,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
})
const files = Object.keys(metafile.inputs)
const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports)
const packages = new Set(
  imports
    .filter(({ external, path }) => external && !path.startsWith('node:'))
    .map(({ path }) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
)

const manifest = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

describe('the image of a relay', () => {
  it('holds every file that a relay needs', () => {
    const copied = instructions('COPY').flatMap(line => line.split(/\s+/).slice(0, -1))
    const isCopied = (file: string) => copied.some(place => file === place || file.startsWith(`${place}/`))
    assert.ok(files.length > 60 && files.includes('host/store/postgres.ts') && files.includes('package.json'), 'the imports are followed')
    assert.deepEqual(
      [...files, ...styleFiles.sheets.map(path => relative(root, path))].filter(file => !isCopied(file)),
      [],
    )
  })

  it('builds the pages of published apps from all they are made of, and takes them where a relay looks for them', () => {
    const { config = '' } = /vite build --config (?<config>\S+)/.exec(pages)?.groups ?? {}
    const settings = readFileSync(join(root, config), 'utf8')
    const folders = Array.from(settings.matchAll(/'(?:\.\/)?(core|renderer)\//g), ([, folder = '']) => folder)
    const copied = instructions('COPY', pages).flatMap(line => line.split(/\s+/).slice(0, -1))
    assert.deepEqual(
      [config, 'core', ...folders].filter(name => !copied.includes(name)),
      [],
    )
    assert.match(settings, /'out\/published'/)
    assert.ok(instructions('COPY').includes('--from=pages /app/out/published ./out/published'))
  })

  it('holds every package that a relay needs, without those that are for development', () => {
    assert.ok(packages.has('hono') && packages.has('better-auth') && packages.has('pg'))
    const [, fontPackage = ''] = /node_modules\/(@[^/]+\/[^/]+)/.exec(styleFiles.font) ?? []
    assert.deepEqual(
      [...packages, fontPackage].filter(name => !(name in manifest.dependencies)),
      [],
    )
  })

  it('runs the Node that the product is made for, not as root, and hears signals itself', () => {
    const node = `node:${manifest.dependencies['node']?.split('.')[0]}-slim`
    assert.deepEqual([...instructions('FROM', pages), ...instructions('FROM')], [`${node} AS pages`, node])
    assert.deepEqual(instructions('USER'), ['node'])
    assert.deepEqual(instructions('CMD'), ['["node", "relay/serve.ts"]'])
  })

  it('listens where it says, asks the health endpoint, and sets only what a relay knows', () => {
    const config = readConfig(environment)
    assert.deepEqual(
      [config.host, String(config.port), config.dataFolder],
      ['0.0.0.0', instructions('EXPOSE')[0], instructions('VOLUME')[0]],
    )
    assert.match(instructions('HEALTHCHECK')[0] ?? '', /\/healthz/)
    const { NODE_ENV: _, ...settings } = environment
    assert.deepEqual(
      Object.keys(settings).filter(name => !settingNames.includes(name)),
      [],
    )
  })
})

describe('the compose file', () => {
  const filled = Object.entries(compose.relay.environment).map(([name, value]) => {
    const examples: Record<string, string> = {
      RELAY_URL: 'https://relay.example.com',
      RELAY_KEY: Buffer.alloc(32).toString('base64'),
      POSTGRES_PASSWORD: 'x1',
    }
    return [name, value.replaceAll(/\$\{(\w+)[^}]*\}/g, (_, variable: string) => examples[variable] ?? '')] as const
  })

  it('gives the relay settings that it knows and takes', () => {
    assert.deepEqual(
      Object.keys(compose.relay.environment).filter(name => !settingNames.includes(name)),
      [],
    )
    const config = readConfig({ ...environment, ...Object.fromEntries(filled) })
    assert.deepEqual([config.url, config.trustedProxies], ['https://relay.example.com', 1])
    const { username, hostname, pathname } = new URL(config.databaseUrl ?? '')
    const { POSTGRES_USER, POSTGRES_DB } = compose.postgres.environment
    assert.deepEqual([username, hostname, pathname], [POSTGRES_USER, 'postgres', `/${POSTGRES_DB}`])
    assert.ok('postgres' in compose.relay.depends_on)
  })

  it('builds the image that is here, opens its port to this machine alone, and waits for its end', () => {
    const { build, ports, stop_grace_period: grace } = compose.relay
    assert.equal(resolve(import.meta.dirname, build.context, build.dockerfile), join(import.meta.dirname, 'Dockerfile'))
    assert.deepEqual(ports, [`127.0.0.1:4848:${environment['PORT']}`])
    assert.ok(Number.parseInt(grace, 10) * 1000 > readConfig(Object.fromEntries(filled)).drainMs)
  })
})
