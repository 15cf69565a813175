import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTestDatabase } from '../host/store/postgres.fixture.ts'
import { readConfig } from './config.ts'
import { createLog } from './log.ts'
import { startRelay, type RelayOptions } from './relay.ts'

export type Teardown = { after(end: () => Promise<void> | void): void }

export const databases = ['SQLite', 'Postgres'] as const
export type DatabaseKind = (typeof databases)[number]

/** Settings of a relay on a Postgres database: all its nodes have the same key. */
export const onPostgres = (url: string) => ({ DATABASE_URL: url, RELAY_KEY: Buffer.alloc(32, 7).toString('base64') })

/** Settings of a relay with a database of its own. */
export async function testSettings(t: Teardown, kind: DatabaseKind): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'))
  // Its relay may be about to end, and still write.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))
  const settings = { PORT: '0', PLUGBOARD_RELAY_DATA: folder }
  if (kind === 'SQLite') return settings
  const database = await makeTestDatabase()
  t.after(async () => database[Symbol.asyncDispose]())
  return { ...settings, ...onPostgres(database.url) }
}

export type TestRelayOptions = Pick<RelayOptions, 'limits' | 'now' | 'tokens' | 'hooks' | 'catalogue' | 'bundle'> & {
  kind?: DatabaseKind
  settings?: Record<string, string>
}

/** A relay on loopback that is not set up yet, with what it logged. */
export async function startTestRelay(t: Teardown, { kind = 'SQLite', settings = {}, ...options }: TestRelayOptions = {}) {
  let close = async () => {}
  // Before its database is dropped: what is to be done after a test is done in the order in which it was asked for.
  t.after(() => close())
  const lines: string[] = []
  const given = settings['PLUGBOARD_RELAY_DATA'] ? settings : { ...(await testSettings(t, kind)), ...settings }
  const relay = await startRelay({
    config: readConfig({ RELAY_DRAIN_SECONDS: '0', ...given }),
    version: '1.2.3',
    log: createLog(line => lines.push(line)),
    ...options,
  })
  let open = true
  close = async () => {
    if (open) await relay.close()
    open = false
  }
  return { ...relay, close, lines, settings: given, browser: () => createBrowser(relay.url) }
}

export type TestRelay = Awaited<ReturnType<typeof startTestRelay>>
export type Browser = ReturnType<typeof createBrowser>

/** As much of a browser as forms and cookies need. Redirects are followed within the relay alone. */
export function createBrowser(origin: string) {
  const cookies = new Map<string, string>()

  async function load(path: string, init: RequestInit = {}): Promise<Page> {
    const url = new URL(path, origin)
    const headers = new Headers({
      accept: 'text/html',
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'user-agent': 'Test browser',
    })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '' || /max-age=0/i.test(cookie)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location')
    const next = location === null ? null : new URL(location, url)
    if (next?.origin === url.origin) return load(next.href)
    return { status: response.status, url, location: next?.href ?? null, headers: response.headers, text }
  }

  return {
    cookies,
    get: (path: string, headers: Record<string, string> = {}) => load(path, { headers }),
    /** Sends a form as a page of the relay would. */
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      load(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin, 'sec-fetch-site': 'same-origin', ...headers } }),
  }
}

export type Page = { status: number; url: URL; location: string | null; headers: Headers; text: string }

export const owner = { name: 'Olga Owner', email: 'olga@example.com', password: 'a fine long password' }

const secretIn = (address: string | null): string => new URL(address ?? '').searchParams.get('token') ?? ''

/** A browser in which the owner has set the relay up and is signed in. */
export async function setUp(relay: Pick<TestRelay, 'browser' | 'setupUrl'>, person = owner): Promise<Browser> {
  const browser = relay.browser()
  await browser.post('/set-up', { token: secretIn(relay.setupUrl), ...person })
  return browser
}

/** The secret part of the link that a page shows once. */
export const linkIn = ({ text }: Page): string => secretIn(/<code>([^<]+)<\/code>/.exec(text)?.[1] ?? null)

export type Newcomer = { email: string; role: string; name?: string; password?: string }

/** A browser in which someone has followed an invitation and is signed in. */
export async function joinAs(
  relay: TestRelay,
  host: Browser,
  { email, role, name = 'New Member', password = 'another long password' }: Newcomer,
): Promise<Browser> {
  const token = linkIn(await host.post('/members/invite', { email, role }))
  const browser = relay.browser()
  await browser.post('/invitation', { token, name, password })
  return browser
}
