import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { databases } from '../relay.fixture.ts'
import { createVisitor, entityFile, password, publishApp, signUp, startPublished, type AppVisitor } from '../published/published.fixture.ts'
import { until } from '../../core/until.fixture.ts'
import { agreeTo, connectAs } from './calendar.fixture.ts'

const events = 'https://www.googleapis.com/auth/calendar.events'
const flow = {
  name: 'Put notes in the calendar',
  is_active: true,
  trigger: { config: { trigger_type: 'entity', entity_name: 'Note', events: ['create'] } },
  definition: {
    document: { dsl: '1.0.0', namespace: 'diary', name: 'keep', version: '1.0' },
    do: [{ add: { call: 'invoke_backend_function', with: { function_name: 'add', args: '${ .trigger.data }' } } }],
  },
}
const span = `from: '2031-05-01T00:00:00Z', to: '2031-05-03T00:00:00Z'`
const files = {
  ...entityFile('Note', { title: { type: 'string' } }),
  'connectors/googlecalendar.jsonc': JSON.stringify({ type: 'googlecalendar', scopes: [events], mode: 'app-user' }),
  'functions/add/entry.ts': `import { connectors } from 'plugboard'
    export default ({ title }) => connectors.googlecalendar.createEvent({ title, start: '2031-05-01T09:30:00Z' })`,
  'functions/agenda/entry.ts': `import { connectors } from 'plugboard'
    export default async () => (await connectors.googlecalendar.listEvents({ ${span} })).map(({ title }) => title)`,
  // What code of the app might try, to act as another user than the one who called it.
  'functions/forge/entry.ts': `export default async ({ user, connection }) => {
    const { ask } = globalThis[Symbol.for('plugboard')]
    const more = { user, connection, caller: { user, runId: null, stepId: null, by: { kind: 'user', name: 'x' } } }
    const found = await ask({ kind: 'action', connector: 'googlecalendar', action: 'listEvents', input: { ${span}, ...more }, ...more })
    return found.map(({ title }) => title)
  }`,
  'workflows/keep.jsonc': JSON.stringify(flow),
}

for (const kind of databases) {
  describe(`the calendars of two users of an app, over HTTP on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    let site: string
    let vera: AppVisitor
    let bob: AppVisitor
    before(async () => {
      const place = await startPublished({ after: end => void ends.unshift(end) }, kind)
      site = await publishApp(place, { appId: 'diary', name: 'Diary', visibility: 'public', files })
      vera = await signUp(site, 'vera@example.com')
      bob = await signUp(site, 'bob@example.com', 'Bob')
    })
    after(async () => {
      for (const end of ends) await end()
    })
    const own = async (visitor: AppVisitor) => (await visitor.get('connections')).body[0]
    const agenda = async (visitor: AppVisitor): Promise<string[]> => (await visitor.post('functions/agenda', {})).body

    it('are apart by every way, and background use is up to each of them', async () => {
      assert.partialDeepStrictEqual(await own(vera), {
        connector: 'googlecalendar',
        state: 'disconnected',
        practice: true,
        account: null,
        missing: null,
        flows: [{ flow: 'keep', title: flow.name, agreed: false }],
      })
      const { status, body } = await vera.post('functions/agenda', {})
      assert.deepEqual([status, body.code, body.message], [424, 'needs_connection', 'Connect your Google Calendar account first.'])

      assert.equal(await connectAs(vera, 'robin', ['keep']), `${site}/my-accounts`)
      assert.equal((await own(vera)).account.label, 'robin@northwind.example')
      assert.equal((await own(bob)).account, null)
      assert.equal((await bob.post('functions/agenda', {})).status, 424)
      await connectAs(bob, 'mia')
      assert.equal((await own(bob)).account.label, 'mia@northwind.example')

      await vera.post('functions/add', { title: 'Vera’s own' })
      await bob.post('functions/add', { title: 'Bob’s own' })
      assert.deepEqual([await agenda(vera), await agenda(bob)], [['Vera’s own'], ['Bob’s own']])

      // Neither a parameter nor what a function claims makes it somebody else's call.
      const [{ id: bobId }] = [(await bob.get('app')).body.user]
      for (const connection of [undefined, 'mia@northwind.example', bobId])
        assert.deepEqual((await vera.post('functions/forge', { user: bobId, connection })).body, ['Vera’s own'])
      assert.equal((await vera.get(`connections?user=${bobId}&userId=${bobId}`)).body[0].account.label, 'robin@northwind.example')

      const mixed = Array.from({ length: 24 }, (_, n) => (n % 3 === 0 ? bob : vera))
      assert.deepEqual(
        await Promise.all(mixed.map(agenda)),
        mixed.map(visitor => [visitor === bob ? 'Bob’s own' : 'Vera’s own']),
      )

      // Vera agreed to the flow, Bob did not: his run waits until he does.
      await bob.post('entities/Note', { title: 'Bob’s note' })
      await vera.post('entities/Note', { title: 'Vera’s note' })
      await until(async () => (await agenda(vera)).includes('Vera’s note'), 'her note')
      assert.deepEqual(await agenda(bob), ['Bob’s own'])
      assert.equal((await bob.api('PUT', 'connections/googlecalendar/flows/keep', { agreed: true })).status, 200)
      await until(async () => (await agenda(bob)).includes('Bob’s note'), 'his note')
      assert.deepEqual([(await agenda(vera)).length, (await agenda(bob)).length], [2, 2])

      const gone = await bob.api('DELETE', 'connections/googlecalendar')
      assert.deepEqual([gone.status, gone.body.message], [200, 'The practice account is disconnected.'])
      assert.equal((await own(bob)).account, null)
      assert.equal((await bob.post('functions/agenda', {})).status, 424)
      assert.equal((await agenda(vera)).length, 2)
    })

    it('that are the same one at the provider are two here: ended for one user, it works on for the other', async () => {
      for (const visitor of [vera, bob]) await connectAs(visitor, 'robin')
      assert.deepEqual([(await own(vera)).account, (await own(bob)).account.label], [(await own(bob)).account, 'robin@northwind.example'])
      await vera.post('functions/add', { title: 'By Vera' })
      const seen = await agenda(bob)
      assert.ok(seen.includes('By Vera'), 'the provider has one calendar for both')
      assert.equal((await vera.api('DELETE', 'connections/googlecalendar')).status, 200)
      assert.equal((await vera.post('functions/agenda', {})).status, 424)
      assert.deepEqual(await agenda(bob), seen)
      await connectAs(vera, 'robin')
      assert.equal((await bob.api('DELETE', 'connections/googlecalendar')).status, 200)
      assert.deepEqual([(await bob.post('functions/agenda', {})).status, await agenda(vera)], [424, seen])
    })

    it('are not connected for someone who has signed out since, whoever sits there now', async () => {
      const cleo = await signUp(site, 'cleo@example.com', 'Cleo')
      const begin = async () => (await cleo.post('connections/googlecalendar/connect', { returnTo: 'my-accounts' })).body.authorizationUrl
      const left = await begin()
      await cleo.post('auth/sign-out')
      const dora = await signUp(site, 'dora@example.com', 'Dora')
      for (const [name, cookie] of dora.cookies) cleo.cookies.set(name, cookie)
      const ended = await cleo.send(await agreeTo(left, 'mia'), { headers: { accept: 'text/html' } })
      assert.equal(ended.status, 403)
      assert.match(await ended.text(), /You are not signed in to the app any more, so nothing was connected/)
      assert.deepEqual([(await own(cleo)).account, (await own(dora)).account], [null, null])
      await dora.post('auth/sign-out')
      await cleo.post('auth/sign-in', { email: 'cleo@example.com', password })
      assert.equal((await own(cleo)).account, null)
      await cleo.send(await agreeTo(await begin(), 'mia'))
      assert.equal((await own(cleo)).account.label, 'mia@northwind.example')
    })

    it('are nobody’s who is not signed in, and no other page can connect or end them', async () => {
      const stranger = createVisitor(site)
      assert.equal((await stranger.get('connections')).status, 401)
      assert.equal((await stranger.post('connections/googlecalendar/connect', {})).status, 401)
      assert.equal((await stranger.api('DELETE', 'connections/googlecalendar')).status, 401)
      const elsewhere = { origin: 'https://attacker.example', 'sec-fetch-site': 'cross-site' }
      assert.equal((await vera.post('connections/googlecalendar/connect', {}, elsewhere)).status, 403)
      assert.equal((await vera.post('connections/slackbot/connect', {})).status, 404)
      assert.equal((await vera.api('PUT', 'connections/googlecalendar/flows/other', { agreed: true })).status, 404)
      const { body } = await vera.post('connections/googlecalendar/connect', { returnTo: 'https://attacker.example/' })
      assert.ok(body.authorizationUrl.startsWith('http://127.0.0.1'))
    })
  })
}
