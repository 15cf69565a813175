import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, test } from 'node:test'
import { noncePlaceholder } from '../../core/nonce-placeholder.ts'
import { styleSheet } from '../pages/style.ts'
import { testSettings, type Teardown } from '../relay.fixture.ts'
import { startPublishing } from '../releases/releases.fixture.ts'
import { createBundle } from './bundle.ts'
import { freePort, getAt, postAt } from './own-host.fixture.ts'
import { createVisitor, entityFile, listen, password, publishApp, signUp, startPublished, type Publisher } from './published.fixture.ts'

const files = entityFile(
  'Ticket',
  { title: { type: 'string' }, owner: { type: 'string' } },
  { rls: { read: { created_by: '{{user.email}}' } } },
)

describe('a published app', () => {
  const ends: (() => Promise<void> | void)[] = []
  let place: Publisher
  let site: string
  before(async () => {
    place = await startPublished({ after: end => void ends.unshift(end) }, 'SQLite')
    site = await publishApp(place, { appId: 'desk-7', name: 'Hélp & Büro Desk', visibility: 'public', files })
  })
  after(async () => {
    for (const end of ends) await end()
  })

  it('has an address of its name, which it keeps', async () => {
    assert.equal(site, `${place.relay.url}/a/help-buero-desk`)
    assert.equal(await publishApp(place, { appId: 'desk-7', name: 'New name', visibility: 'public', files, base: 1 }), site)
  })

  it('is found by its id as well, which leads to its address', async () => {
    const { status, headers } = await createVisitor(site).send(`${place.relay.url}/a/desk-7/tickets/5?tab=1`)
    assert.deepEqual([status, headers.get('location')], [308, '/a/help-buero-desk/tickets/5?tab=1'])
    const bare = await createVisitor(site).send(site)
    assert.deepEqual([bare.status, bare.headers.get('location')], [308, '/a/help-buero-desk/'])
  })

  it('has another address than an app of the same name, or than one whose id that is', async () => {
    const names = []
    for (const appId of ['twin', 'other-twin']) names.push(await publishApp(place, { appId, name: 'Twin', files }))
    assert.deepEqual(names, [`${place.relay.url}/a/twin`, `${place.relay.url}/a/twin-2`])
    const third = await publishApp(place, { appId: 'third', name: 'Other twin', files })
    assert.equal(third, `${place.relay.url}/a/other-twin-2`)
  })

  it('has a page in its place when there is none', async () => {
    const { status, headers } = await createVisitor(site).send(`${place.relay.url}/a/nothing/`, { headers: { accept: 'text/html' } })
    assert.equal(status, 404)
    assert.match(headers.get('content-type') ?? '', /text\/html/)
    const api = await createVisitor(`${place.relay.url}/a/nothing`).get('app')
    assert.deepEqual([api.status, api.body.code], [404, 'not_found'])
  })

  it('tells its page of changes that it may read, and of no others, until the session ends', async () => {
    const anna = await signUp(site, 'anna@example.com')
    const ben = await signUp(site, 'ben@example.com')
    const elsewhere = createVisitor(site)
    await elsewhere.post('auth/sign-in', { email: 'anna@example.com', password })
    const lines = await listen(anna)
    await ben.post('entities/Ticket', { title: 'Ben’s' })
    await anna.post('entities/Ticket', { title: 'Anna’s' })
    assert.deepEqual(await lines.next(), { entities: ['Ticket'] })
    await ben.post('entities/Ticket', { title: 'Ben’s again' })
    await anna.post('auth/sign-out')
    await elsewhere.post('entities/Ticket', { title: 'from another browser' })
    assert.equal(await lines.next(), null)
  })

  it('sends its page to connect again when a new version is live', async () => {
    const lines = await listen(createVisitor(site))
    await publishApp(place, { appId: 'desk-7', name: 'Desk', visibility: 'public', files: { ...files, 'note.txt': 'new' }, base: 2 })
    assert.equal(await lines.next(), null)
  })

  it('lets the relay end while pages listen', async () => {
    const relayEnds: (() => Promise<void> | void)[] = []
    const other = await startPublishing({ after: end => void relayEnds.unshift(end) }, { settings: { RELAY_DRAIN_SECONDS: '60' } })
    const open = await publishApp(other, { appId: 'open', name: 'Open', visibility: 'public', files })
    const lines = await listen(createVisitor(open))
    await other.relay.close()
    assert.equal(await lines.next(), null)
    for (const end of relayEnds) await end()
  })
})

describe('the page of an app', () => {
  const ends: (() => Promise<void> | void)[] = []
  let place: Publisher
  let site: string
  let port: number
  const at = (path: string, slug = '') => getAt(port, `${slug}localhost:${port}`, path)
  const t = { after: (end: () => Promise<void> | void) => void ends.unshift(end) }
  before(async () => {
    const folder = await writeBundle(t)
    port = await freePort()
    const settings = { PORT: String(port), RELAY_URL: `http://localhost:${port}` }
    place = await startPublished(t, 'SQLite', {
      settings: { ...(await testSettings(t, 'SQLite')), ...settings },
      bundle: createBundle(folder),
    })
    site = await publishApp(place, { appId: 'desk', name: 'Desk', visibility: 'public', files })
  })
  after(async () => {
    for (const end of ends) await end()
  })

  it('may load and ask what is its own, at its path and at its host', async () => {
    assert.equal(site, `http://localhost:${port}/a/desk`)
    for (const [slug, path, base] of [
      ['', '/a/desk/tickets/5', `http://localhost:${port}/a/desk/`],
      ['desk.', '/tickets/5', `http://desk.localhost:${port}/`],
    ] as const) {
      const { status, headers, text } = await at(path, slug)
      assert.equal(status, 200)
      const policy = String(headers['content-security-policy'])
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
      assert.ok(nonce && text.includes(`nonce="${nonce}"`))
      for (const part of [
        `script-src ${base}assets/;`,
        `connect-src ${base}api/;`,
        `base-uri ${base};`,
        "default-src 'none'",
        "frame-ancestors 'none'",
      ])
        assert.ok(policy.includes(part), part)
      assert.ok(text.includes(`<base href="${new URL(base).pathname}"`))
      assert.ok(!policy.includes('unsafe'))
      assert.deepEqual(
        [headers['cache-control'], headers['x-content-type-options'], headers['x-frame-options']],
        ['no-store', 'nosniff', 'DENY'],
      )
    }
  })

  it('has another nonce each time', async () => {
    const seen = new Set<unknown>()
    for (let n = 0; n < 3; n++) seen.add((await at('/a/desk/')).headers['content-security-policy'])
    assert.equal(seen.size, 3)
  })

  it('has files that are kept for good, and are not sent twice', async () => {
    const { status, headers, text } = await at('/a/desk/assets/page-abc.js')
    assert.deepEqual([status, text, headers['cache-control']], [200, 'run()', 'public, max-age=31536000, immutable'])
    assert.equal((await at('/a/desk/assets/missing.js')).status, 404)
    assert.equal((await at('/a/desk/assets/..%2findex.html')).status, 404)
  })

  it('at a host of its own shows nothing of the relay', async () => {
    for (const path of ['/sign-in', '/account', '/api/relay/me'])
      assert.doesNotMatch((await at(path, 'desk.')).text, /Sign in to|Your account|issuer/)
    assert.equal((await at('/', 'nothing.')).status, 404)
    assert.match((await at(styleSheet.path, 'nothing.')).text, /--bg/)
  })

  it('has cookies for the whole of its own host', async () => {
    const body = JSON.stringify({ name: 'Hana', email: 'hana@example.com', password })
    const response = await postAt(port, `desk.localhost:${port}`, '/api/auth/sign-up', body)
    assert.equal(response.status, 200)
    assert.match(String(response.headers['set-cookie']), /Path=\/;/)
  })
})

test('says so when the pages of apps were not built', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  t.after(() => rm(folder, { recursive: true }))
  await assert.rejects(createBundle(folder).page('/a/desk/', 'nonce'), /npm run build/)
})

/** A page as the build makes it. */
async function writeBundle(t: Teardown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  t.after(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'assets/page-abc.js'), 'run()')
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><html><head><meta property="csp-nonce" nonce="${noncePlaceholder}"></head><body></body></html>`,
  )
  return folder
}
