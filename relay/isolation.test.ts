import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createVisitor, entityFile, publishApp, startPublished, type Publisher } from './published/published.fixture.ts'
import { databases } from './relay.fixture.ts'

/** What code of one app tries to get at another one, or at the machine. Each answers with what it got, or with the error it met. */
const attempts = `
  import { entities, connectors } from 'plugboard'
  globalThis.left ??= []
  export default async function attempt({ what, port, path, value }) {
    const tries = {
      remember: () => { globalThis.left.push(value); return globalThis.left },
      list: async () => (await entities.Secret.list()).map(secret => secret.text),
      named: async () => (await entities['../other/Secret'].list()).length,
      file: () => Deno.readTextFile(path),
      network: async () => (await fetch('http://127.0.0.1:' + port)).status,
      socket: async () => { await Deno.connect({ hostname: '127.0.0.1', port }); return 'connected' },
      environment: () => Deno.env.toObject(),
      tool: () => connectors.slackbot.postMessage({ channel: '#a', text: 'x' }),
      crash: () => Deno.exit(1),
      memory: () => { const all = []; for (;;) all.push(new Array(1e6).fill(value)) },
      hang: () => { for (;;); },
    }
    try { return { got: await tries[what]() } } catch (error) { return { refused: String(error.message ?? error) } }
  }`

const files = {
  ...entityFile('Secret', { text: { type: 'string' } }),
  'functions/attempt/entry.ts': attempts,
  'functions/attempt/function.jsonc': '{}',
  'functions/reckless/entry.ts': attempts,
  'functions/reckless/function.jsonc': '{ "timeoutSeconds": 2, "memoryMb": 128 }',
}

for (const kind of databases) {
  describe(`two apps of one relay on ${kind}`, { concurrency: true }, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Publisher
    let port = 0
    let asked = 0
    before(async () => {
      const t = { after: (end: () => Promise<void> | void) => void ends.unshift(end) }
      const server = createServer((_, response) => {
        asked += 1
        response.end('inside')
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      port = (server.address() as AddressInfo).port
      t.after(() => void server.close())
      place = await startPublished(t, kind)
    })
    after(async () => {
      for (const end of ends) await end()
    })

    /** Someone who is signed in to an app of this name, and has kept a record there. */
    async function personIn(appId: string, text: string) {
      const site = await publishApp(place, { appId, name: appId, visibility: 'public', files })
      const visitor = createVisitor(site)
      const signedUp = await visitor.post('auth/sign-up', { name: 'Ada', email: 'ada@example.com', password: 'the same long password' })
      assert.ok(signedUp.status < 300)
      assert.equal((await visitor.post('entities/Secret', { text })).status, 201)
      const attempt = async (what: string, more: object = {}) => (await visitor.post('functions/attempt', { what, port, ...more })).body
      return {
        site,
        visitor,
        attempt,
        texts: async () => (await visitor.get('entities/Secret')).body.items.map((item: { text: string }) => item.text),
      }
    }

    it('share no record, no memory and no session, though the same person uses both', async () => {
      const [a, b] = await Promise.all([personIn('apart-a', 'of a'), personIn('apart-b', 'of b')])
      assert.deepEqual([await a.texts(), await b.texts()], [['of a'], ['of b']])
      assert.deepEqual([await a.attempt('list'), await b.attempt('list')], [{ got: ['of a'] }, { got: ['of b'] }])
      assert.ok('refused' in (await a.attempt('named')))
      await a.attempt('remember', { value: 'from a' })
      assert.deepEqual(await b.attempt('remember', { value: 'from b' }), { got: ['from b'] })
      const stranger = createVisitor(b.site)
      for (const [name, cookie] of a.visitor.cookies) stranger.cookies.set(name, { ...cookie, path: '/' })
      assert.equal((await stranger.post('functions/attempt', { what: 'list' })).status, 401)
      assert.equal((await stranger.post('entities/Secret', { text: 'x' })).status, 401)
    })

    it('reach no file, no network, no environment and no account of anyone', async () => {
      const a = await personIn('reaching', 'of a')
      const data = place.relay.settings['PLUGBOARD_RELAY_DATA'] ?? ''
      for (const path of [`${data}/relay.db`, `${data}/apps/reaching/app.db`, '/etc/passwd', `${data}/master.key`])
        assert.match((await a.attempt('file', { path })).refused, /access|permission/i, path)
      for (const what of ['network', 'socket', 'environment', 'tool']) assert.ok('refused' in (await a.attempt(what)), what)
      assert.equal(asked, 0)
    })

    it('outlive each other: code that crashes, hangs or eats memory leaves the other one serving', async () => {
      const [a, b] = await Promise.all([personIn('reckless', 'of a'), personIn('steady', 'of b')])
      const ends = Promise.all(['crash', 'memory', 'hang'].map(what => a.visitor.post('functions/reckless', { what, value: 'x' })))
      let served = 0
      const done = { isSo: false }
      void ends.finally(() => (done.isSo = true))
      while (!done.isSo) {
        assert.deepEqual(await b.attempt('list'), { got: ['of b'] })
        served += 1
      }
      assert.ok(served > 0)
      for (const { status, body } of await ends) assert.ok(status >= 500 && body.message.endsWith('.'), JSON.stringify(body))
      assert.deepEqual(await a.attempt('list'), { got: ['of a'] }, 'and it can be called again itself')
    })
  })
}
