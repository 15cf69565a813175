import type { Browser, DatabaseKind, Teardown, TestRelayOptions } from '../relay.fixture.ts'
import { all, makeRelease, sendNow, startPublishing } from '../releases/releases.fixture.ts'

export type Publisher = Awaited<ReturnType<typeof startPublishing>>

/** A relay with its owner's desktop, for the tests of one file and database. */
export const startPublished = (t: Teardown, kind: DatabaseKind, options: TestRelayOptions = {}): Promise<Publisher> =>
  startPublishing(t, { kind, ...options })

/** An entity's file. */
export const entityFile = (name: string, properties: Record<string, object>, rest: object = {}): Record<string, string> => ({
  [`entities/${name}.jsonc`]: JSON.stringify({ name, type: 'object', properties, ...rest }),
})

/** Publishes an app, as a desktop does. Returns its address without a slash at its end. Throws what the relay says against it. */
export async function publishApp(
  { releases }: Pick<Publisher, 'releases'>,
  {
    appId,
    name,
    visibility,
    files,
    base = null,
  }: { appId: string; name: string; visibility?: string; files: Record<string, string>; base?: number | null },
): Promise<string> {
  const contents = { 'config.jsonc': JSON.stringify({ name, ...(visibility !== undefined && { visibility }) }), ...files }
  const { files: list, bytesOf } = makeRelease(contents)
  const { releaseId } = await sendNow({ relay: releases, appId, name, files: list, bytesOf })
  const last = (await all(releases.publish(appId, { releaseId, base, title: 'A version' }))).at(-1)
  if (last?.type !== 'live') throw new Error(last?.type === 'failed' ? last.error.message : String(last?.type))
  return last.url
}

type Cookie = { value: string; path: string; attributes: string }

/** As much of a browser as the page of an app needs: cookies by their paths, and JSON. */
export function createVisitor(site: string) {
  const cookies = new Map<string, Cookie>()
  const origin = new URL(site).origin

  async function send(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address)
    const mine = [...cookies].filter(([, { path }]) => url.pathname.startsWith(path))
    const headers = new Headers(init.headers)
    headers.set('cookie', mine.map(([name, { value }]) => `${name}=${value}`).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? []
      if (value === '' || /max-age=0/i.test(attributes)) cookies.delete(name)
      else cookies.set(name, { value, attributes, path: /path=([^;]+)/i.exec(attributes)?.[1] ?? '/' })
    }
    return response
  }

  async function api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const writes: Record<string, string> = method === 'GET' ? {} : { origin, 'sec-fetch-site': 'same-origin' }
    const response = await send(`${site}/api/${path}`, {
      method,
      headers: { accept: 'application/json', ...writes, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith('{') || text.startsWith('[') || text === 'null' ? JSON.parse(text) : text,
    }
  }

  return {
    cookies,
    send,
    api,
    get: (path: string) => api('GET', path),
    post: (path: string, body?: unknown, headers?: Record<string, string>) => api('POST', path, body, headers),
    /** Loads a page of the app as a person would. */
    open: (path = '/', headers: Record<string, string> = {}) => send(site + path, { headers: { accept: 'text/html', ...headers } }),
  }
}

export type AppVisitor = ReturnType<typeof createVisitor>

/** The browser of a member, who is signed in to the relay, at the address of an app. */
export function asMember(site: string, { cookies }: Pick<Browser, 'cookies'>): AppVisitor {
  const visitor = createVisitor(site)
  for (const [name, value] of cookies) visitor.cookies.set(name, { value, path: '/', attributes: '' })
  return visitor
}

/** The events of an app's changes, one by one; null when the line is over. */
export async function listen(visitor: Pick<AppVisitor, 'open'>) {
  const response = await visitor.open('/api/changes')
  if (response.headers.get('content-type') !== 'text/event-stream' || !response.body) throw new Error(`No events: ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let [text, heard] = ['', '']
  const read = async (): Promise<boolean> => {
    const { value, done } = await reader.read()
    text += value ?? ''
    heard += value ?? ''
    return !done
  }
  while (!text.includes(': here')) await read()
  return {
    /** All that came over the line. */
    heard: () => heard,
    close: () => reader.cancel(),
    async next(): Promise<unknown> {
      for (;;) {
        const [whole, data] = /event: changed\ndata: (.*)\n\n/.exec(text) ?? []
        if (whole !== undefined && data !== undefined) {
          text = text.slice(text.indexOf(whole) + whole.length)
          return JSON.parse(data)
        }
        if (!(await read())) return null
      }
    },
  }
}

export const password = 'a fine long password'

/** Someone who has signed up to a public app. */
export async function signUp(site: string, email: string, name = 'Vera Visitor'): Promise<AppVisitor> {
  const visitor = createVisitor(site)
  const { status, body } = await visitor.post('auth/sign-up', { name, email, password })
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return visitor
}
