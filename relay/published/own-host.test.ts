import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { databases, joinAs, owner, testSettings, type Browser } from '../relay.fixture.ts'
import { freePort, getAt, send } from './own-host.fixture.ts'
import { entityFile, publishApp, startPublished, type Publisher } from './published.fixture.ts'

const files = entityFile('Ticket', { title: { type: 'string' } })
const entry = '/api/auth/member'

/** A browser on an app's own host: the relay's cookies do not go there. */
function openHost(port: number, slug: string) {
  const host = `${slug}.localhost:${port}`
  const cookies = new Map<string, string>()
  async function load(path: string) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(port, { path, headers: { host, cookie, accept: 'text/html' } })
    const set = [answer.headers['set-cookie'] ?? []].flat()
    for (const each of set) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? []
      if (value === '' || /max-age=0/i.test(each)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { ...answer, location: answer.headers.location ?? '', set }
  }
  const user = async () =>
    JSON.parse(
      (await send(port, { path: '/api/app', headers: { host, cookie: [...cookies].map(each => each.join('=')).join('; ') } })).text,
    ).user
  return { host, origin: `http://${host}`, cookies, load, user }
}

for (const kind of databases)
  describe(`an app at its own host, on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    const clock = { aheadMs: 0 }
    let place: Publisher
    let port: number
    before(async () => {
      const t = { after: (end: () => Promise<void> | void) => void ends.unshift(end) }
      port = await freePort()
      place = await startPublished(t, kind, {
        settings: { ...(await testSettings(t, kind)), PORT: String(port), RELAY_URL: `http://localhost:${port}` },
        now: () => Date.now() + clock.aheadMs,
      })
      for (const [appId, visibility] of [
        ['desk', 'workspace'],
        ['other', 'public'],
        ['club', 'private'],
      ] as const)
        await publishApp(place, { appId, name: appId, visibility, files })
    })
    after(async () => {
      for (const end of ends) await end()
    })

    const pathOf = (address: string) => address.replace(/^http:\/\/[^/]+/, '')
    /** The relay's answer to a member's browser, with nothing followed. */
    const atRelay = (browser: Browser, path: string) =>
      send(port, {
        path,
        headers: { host: `localhost:${port}`, accept: 'text/html', cookie: [...browser.cookies].map(each => each.join('=')).join('; ') },
      })
    /** From the app's host to the relay, and with the code back to the door. */
    async function codeFor(visitor: ReturnType<typeof openHost>, browser = place.browser): Promise<string> {
      const { location } = await visitor.load(entry)
      const { headers } = await atRelay(browser, pathOf(location))
      return pathOf(headers.location ?? '')
    }

    it('lets a member in by their session on the relay, and keeps them at this host', async () => {
      const desk = openHost(port, 'desk')
      const over = await desk.load(entry)
      assert.match(over.location, new RegExp(`^http://localhost:${port}/a/desk/api/auth/member\\?entry=[\\w-]{43}$`))
      assert.match(over.set.join(), /^plugboard-entry=[\w-]{43}; .*HttpOnly; SameSite=Lax$/)
      assert.ok(!over.location.includes(desk.cookies.get('plugboard-entry') ?? 'none'), 'what the browser keeps is not told')
      const back = await atRelay(place.browser, pathOf(over.location))
      assert.match(back.headers.location ?? '', new RegExp(`^${desk.origin}/api/auth/member\\?code=[\\w-]{43}$`))
      const entered = await desk.load(pathOf(back.headers.location ?? ''))
      assert.deepEqual([entered.status, entered.location], [303, '/'])
      assert.match(entered.set.join('\n'), /plugboard-app-desk\S*=\S+; .*Path=\//)
      assert.deepEqual(
        [...desk.cookies.keys()].filter(name => name === 'plugboard-entry'),
        [],
      )
      assert.partialDeepStrictEqual(await desk.user(), { email: owner.email, role: 'admin' })
      assert.match((await place.browser.get('/audit')).text, /Signed in to an app/)
      for (const [, secret] of (back.headers.location ?? '').matchAll(/code=(\S+)/g))
        assert.ok(!place.relay.lines.join().includes(secret ?? ''))
    })

    it('whose visitor is not signed in on the relay signs in there first, and a page leads on from its form', async () => {
      const desk = openHost(port, 'desk')
      const stranger = place.relay.browser()
      const over = await desk.load(entry)
      const toSignIn = await atRelay(stranger, pathOf(over.location))
      const next = new URL(toSignIn.headers.location ?? '', `http://localhost:${port}`).searchParams.get('next') ?? ''
      assert.match(next, /^\/a\/desk\/api\/auth\/member\?entry=[\w-]{43}&after=form$/)
      const page = await stranger.post('/sign-in', { email: owner.email, password: owner.password, next })
      assert.equal(page.status, 200)
      const [, way = ''] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.text) ?? []
      assert.ok(way.startsWith(`${desk.origin}/api/auth/member?code=`), way)
      await desk.load(pathOf(way))
      assert.equal((await desk.user()).email, owner.email)
    })

    it('takes a code once, for a minute, for its app, and in the browser that asked for it', async () => {
      const used = openHost(port, 'desk')
      const once = await codeFor(used)
      const kept = new Map(used.cookies)
      assert.equal((await used.load(once)).status, 303)
      const replaying = openHost(port, 'desk')
      for (const [name, value] of kept) replaying.cookies.set(name, value)
      const refused = await replaying.load(once)
      assert.deepEqual([refused.status, await replaying.user()], [401, null])
      assert.match(refused.text, /was used, is too old, or was begun in another browser/)

      const [victim, thief] = [openHost(port, 'desk'), openHost(port, 'desk')]
      const stolen = await codeFor(victim)
      assert.equal((await thief.load(stolen)).status, 401, 'nothing asked for it here')
      await thief.load(entry)
      assert.equal((await thief.load(stolen)).status, 401, 'another was asked for here')
      assert.equal((await victim.load(stolen)).status, 401, 'a code that was tried is over')

      const elsewhere = openHost(port, 'other')
      const desk = openHost(port, 'desk')
      const ofDesk = await codeFor(desk)
      for (const [name, value] of desk.cookies) elsewhere.cookies.set(name, value)
      assert.deepEqual([(await elsewhere.load(ofDesk)).status, await elsewhere.user()], [401, null])

      const late = openHost(port, 'desk')
      const old = await codeFor(late)
      clock.aheadMs = 61_000
      assert.equal((await late.load(old)).status, 401)
      clock.aheadMs = 0
    })

    it('is the only place that the way leads to, whatever the request asks for', async () => {
      const challenge = 'x'.repeat(43)
      for (const more of ['&next=//evil.example', '&host=evil.example', '&returnTo=https://evil.example/']) {
        const { headers } = await atRelay(place.browser, `/a/desk${entry}?entry=${challenge}${more}`)
        assert.ok(headers.location?.startsWith(`http://desk.localhost:${port}/api/auth/member?code=`), headers.location)
      }
      for (const wrong of ['https://evil.example', '//evil.example', challenge.slice(1)]) {
        const { headers } = await atRelay(place.browser, `/a/desk${entry}?entry=${encodeURIComponent(wrong)}`)
        assert.equal(headers.location, '/a/desk/')
      }
      const foreign = await getAt(port, `desk.localhost.evil.example:${port}`, entry)
      assert.equal(foreign.status, 404)
    })

    it('is closed to a member whom nobody invited to a private app', async () => {
      const viewer = await joinAs(place.relay, place.browser, { email: `viewer-${kind}@example.com`, role: 'viewer' })
      const club = openHost(port, 'club')
      const { location } = await club.load(entry)
      const { status, text } = await atRelay(viewer, pathOf(location))
      assert.equal(status, 403)
      assert.match(text, /This is not open to you/)
    })

    it('tells its page the way in at its own host', async () => {
      const { text } = await send(port, { path: '/api/app', headers: { host: `desk.localhost:${port}` } })
      assert.equal(JSON.parse(text).memberEntry, `http://desk.localhost:${port}/api/auth/member`)
    })
  })
