import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { databases } from '../relay.fixture.ts'
import {
  createVisitor,
  entityFile,
  listen,
  publishApp,
  signUp,
  startPublished,
  type AppVisitor,
  type Publisher,
} from './published.fixture.ts'

const own = { read: { created_by: '{{user.email}}' }, write: { created_by: '{{user.email}}' } }
const files = {
  ...entityFile(
    'Board',
    { text: { type: 'string' }, isOpen: { type: 'boolean' } },
    { rls: { read: { $or: [own.read, { isOpen: true }] } } },
  ),
  ...entityFile('Note', { text: { type: 'string' } }, { rls: own }),
  'functions/whoami/entry.ts': `
    import { entities } from 'plugboard'
    export default async function whoami(input: { text: string }) { return entities.Note.create(input) }`,
}

for (const kind of databases) {
  describe(`apps and users apart, on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Publisher
    let [a, b] = ['', '']
    let anna: AppVisitor
    let ben: AppVisitor
    before(async () => {
      place = await startPublished({ after: end => void ends.unshift(end) }, kind)
      a = await publishApp(place, { appId: 'app-a', name: 'A', visibility: 'public', files })
      b = await publishApp(place, { appId: 'app-b', name: 'B', visibility: 'public', files })
      anna = await signUp(a, 'anna@example.com', 'Anna')
      ben = await signUp(a, 'ben@example.com', 'Ben')
    })
    after(async () => {
      for (const end of ends) await end()
    })

    it('a session’s cookie goes to its own app alone, and no script reads it', () => {
      const [[name, cookie] = ['', { path: '', attributes: '' }]] = [...anna.cookies]
      assert.match(name, /plugboard-app-app-a/)
      assert.equal(cookie.path, '/a/a/')
      assert.match(cookie.attributes, /HttpOnly/i)
      assert.match(cookie.attributes, /SameSite=Lax/i)
    })

    it('a session of one app means nothing in another, whatever the cookie is called there', async () => {
      const [[name, { value }] = ['', { value: '' }]] = [...anna.cookies]
      for (const called of [name, name.replace('app-a', 'app-b')]) {
        const thief = createVisitor(b)
        thief.cookies.set(called, { value, path: '/', attributes: '' })
        assert.equal((await thief.get('app')).body.user, null)
        assert.equal((await thief.post('entities/Note', { text: 'x' })).status, 401)
      }
      const relay = await fetch(`${place.relay.url}/account`, { headers: { cookie: `${name}=${value}` }, redirect: 'manual' })
      assert.equal(relay.status, 303)
    })

    it('a record of one user is not there for another, by any route', async () => {
      const { body: note } = await anna.post('entities/Note', { text: 'Anna’s' })
      assert.deepEqual([note.created_by, note.created_by_id], ['anna@example.com', (await anna.get('app')).body.user.id])
      for (const path of [
        'entities/Note',
        'entities/Note?q={}',
        'entities/Note?sort=text&limit=500',
        `entities/Note?q=${encodeURIComponent('{"$or":[{"text":{"$exists":true}},{}]}')}`,
      ])
        assert.deepEqual([(await ben.get(path)).body.items, (await ben.get(path)).body.total], [[], 0])
      assert.equal((await ben.get(`entities/Note/${note.id}`)).status, 404)
      assert.equal((await ben.api('PUT', `entities/Note/${note.id}`, { text: 'Ben’s' })).status, 404)
      assert.equal((await ben.api('DELETE', `entities/Note/${note.id}`)).status, 404)
      assert.equal((await createVisitor(b).get(`entities/Note/${note.id}`)).status, 404)
      assert.equal((await anna.get(`entities/Note/${note.id}`)).body.text, 'Anna’s')
    })

    it('nobody makes a record in the name of another', async () => {
      const forged = { text: 'forged', created_by: 'anna@example.com', created_by_id: 'someone', id: 'mine' }
      const { body } = await ben.post('entities/Note', forged)
      assert.equal(body.created_by, 'ben@example.com')
      assert.notEqual(body.id, 'mine')
      const changed = await ben.api('PUT', `entities/Note/${body.id}`, { created_by: 'anna@example.com' })
      assert.equal(changed.body.created_by, 'ben@example.com')
    })

    it('a function acts for who called it', async () => {
      const { body } = await ben.post('functions/whoami', { text: 'by a function' })
      assert.equal(body.created_by, 'ben@example.com')
    })

    it('an entity or function of another name is not there, and the rules are nobody’s to read', async () => {
      assert.equal((await anna.get('entities/Users')).status, 404)
      assert.equal((await anna.post('functions/..%2fwhoami', {})).status, 404)
      assert.equal(JSON.stringify((await anna.get('app')).body).includes('{{user.email}}'), false)
    })

    it('what changes something is taken from the app’s own page alone', async () => {
      const foreign: Record<string, string>[] = [
        { origin: 'https://attacker.example', 'sec-fetch-site': 'cross-site' },
        { origin: new URL(a).origin, 'sec-fetch-site': 'same-site' },
        { origin: 'null' },
      ]
      for (const headers of foreign) {
        const { status, body, headers: answered } = await anna.post('entities/Note', { text: 'forged' }, headers)
        assert.deepEqual([status, body.code, answered.get('access-control-allow-origin')], [403, 'forbidden', null])
      }
      const preflight = await fetch(`${a}/api/entities/Note`, { method: 'OPTIONS', headers: { origin: 'https://attacker.example' } })
      assert.equal(preflight.headers.get('access-control-allow-origin'), null)
    })

    it('the events of a page tell of nothing that its user may not read, and of no other app', async () => {
      const otherBen = await signUp(b, 'ben@example.com', 'Ben')
      const lines = await listen(anna)
      const nothingYet = await listen(createVisitor(a))
      const { body: note } = await ben.post('entities/Note', { text: 'Ben’s secret' })
      await ben.api('PUT', `entities/Note/${note.id}`, { text: 'changed' })
      await ben.api('DELETE', `entities/Note/${note.id}`)
      await otherBen.post('entities/Note', { text: 'of another app' })
      const { body: board } = await ben.post('entities/Board', { text: 'draft', isOpen: false })
      await anna.post('entities/Board', { text: 'Anna’s own', isOpen: false })
      assert.deepEqual(await lines.next(), { entities: ['Board'] })
      await ben.api('PUT', `entities/Board/${board.id}`, { isOpen: true })
      assert.deepEqual([await lines.next(), await nothingYet.next()], [{ entities: ['Board'] }, { entities: ['Board'] }])
      await ben.api('PUT', `entities/Board/${board.id}`, { isOpen: false })
      assert.deepEqual(
        [await lines.next(), await nothingYet.next()],
        [{ entities: ['Board'] }, { entities: ['Board'] }],
        'it is gone from view',
      )
      await ben.api('PUT', `entities/Board/${board.id}`, { text: 'unseen' })
      await anna.post('entities/Note', { text: 'the end' })
      assert.deepEqual(await lines.next(), { entities: ['Note'] })
      for (const line of [lines, nothingYet]) {
        for (const word of ['secret', 'unseen', 'draft', note.id, board.id, 'ben@']) assert.ok(!line.heard().includes(word), word)
        await line.close()
      }
      assert.ok(!nothingYet.heard().includes('Note'))
    })

    it('a rule that cannot be read keeps a version from going live', async () => {
      const rls = { read: { ownr: '{{user.id}}' } }
      await assert.rejects(
        publishApp(place, {
          appId: 'app-b',
          name: 'B',
          visibility: 'public',
          files: entityFile('Note', { text: { type: 'string' } }, { rls }),
          base: 1,
        }),
        /Note.jsonc: .*no field “ownr”/,
      )
      assert.equal((await createVisitor(b).get('app')).status, 200)
    })

    it('bad input is refused in a sentence', async () => {
      for (const query of ['q=nonsense', 'q={"$where":"1"}', 'limit=-1', 'cursor=abc', 'sort=%24x']) {
        const { status, body } = await anna.get(`entities/Note?${query}`)
        assert.deepEqual([status, body.code], [400, 'validation'], query)
        assert.match(body.message, /\.$/)
        assert.equal('details' in body, false)
      }
      assert.equal((await anna.post('entities/Note', ['no record'])).status, 400)
    })
  })
}
