import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'

export type Service = 'slack' | 'google' | 'github'
export const services = ['slack', 'google', 'github'] as const satisfies readonly Service[]

/** A row of an emulator's table. What its other fields are, only the emulator knows. */
export type Row = { id: number; created_at: string; updated_at: string; [field: string]: unknown }
export type Collection = {
  insert(row: Record<string, unknown>): Row
  findBy(field: string, value: unknown): Row[]
  findOneBy(field: string, value: unknown): Row | undefined
  update(id: number, fields: Record<string, unknown>): Row | undefined
  delete(id: number): boolean
  all(): Row[]
}
export type Store = {
  collection(name: string): Collection
  getData(key: string): unknown
  setData(key: string, value: unknown): void
  snapshot(): unknown
  restore(snapshot: unknown): void
}
export type TokenOwner = { login: string; id: number; scopes: string[] }

/** One running service of `emulate`, without a socket of its own: a function from request to response, and the state behind it. */
export type Emulated = {
  service: Service
  fetch(request: Request): Promise<Response>
  store: Store
  /** Who each access token belongs to and what it may do. */
  tokens: Map<string, TokenOwner>
}

type Plugin = {
  register(app: { fetch: Emulated['fetch'] }, store: Store, webhooks: unknown, baseUrl: string, tokens: Emulated['tokens']): void
  seed?: (store: Store, baseUrl: string) => void
}

const born = new Map<string, Emulated>()
const prepared = new Map<Service, Promise<void>>()

/**
 * Starts a service of `emulate` at `origin`, where the caller serves it. emulate keeps its built-in services' state to itself, while
 * its plugins are handed the store: so the plugin's `register` is where we take hold of it. Bound to the pinned version (0.12.2);
 * a test fails should another one differ.
 */
export async function startEmulated(service: Service, origin: string, seed: Record<string, unknown>): Promise<Emulated> {
  if (!prepared.has(service)) prepared.set(service, prepare(service))
  await prepared.get(service)
  const { createEmulator } = await import('emulate')
  const emulator = await createEmulator({ service, port: 0, hostname: '127.0.0.1', baseUrl: origin, seed: { tokens: {}, [service]: seed } })
  await emulator.close()
  const emulated = born.get(origin)
  born.delete(origin)
  if (!emulated) throw new Error(`emulate did not register ${service}`)
  return emulated
}

async function prepare(service: Service): Promise<void> {
  const plugin = await findPlugin(service)
  const register = plugin.register.bind(plugin)
  plugin.register = (app, store, webhooks, baseUrl, tokens) => {
    register(app, store, webhooks, baseUrl, tokens)
    born.set(baseUrl, { service, fetch: request => app.fetch(request), store, tokens })
  }
  // Its default people would stand first on the consent page. Slack's default seed is the workspace itself and stays.
  if (service !== 'slack') delete plugin.seed
}

/** emulate's builds carry hashes in their names: the module that exports the plugin is found by that export. */
async function findPlugin(service: Service): Promise<Plugin> {
  const folder = dirname(fileURLToPath(import.meta.resolve('emulate')))
  const name = `${service}Plugin`
  for (const file of await readdir(folder)) {
    if (!/^dist-\w+\.js$/.test(file)) continue
    const path = join(folder, file)
    if (!new RegExp(`export \\{[^}]*\\b${name}\\b`).test(await readFile(path, 'utf8'))) continue
    const module: Record<string, unknown> = await import(pathToFileURL(path).href)
    return z.custom<Plugin>(value => typeof value === 'object' && value !== null && 'register' in value).parse(module[name])
  }
  throw new Error(`emulate has no ${name}`)
}
