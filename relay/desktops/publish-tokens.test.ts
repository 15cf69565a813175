import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { openRelayReleases } from '../../main/publish/relay-releases.ts'
import { all, config, makeRelease, requestWith, sendNow } from '../releases/releases.fixture.ts'
import { databases, joinAs, setUp, startTestRelay, type Browser, type DatabaseKind, type TestRelay } from '../relay.fixture.ts'

const appId = 'desk'
const day = 24 * 60 * 60_000

async function makeToken(browser: Browser, name = 'Build server') {
  const page = await browser.post('/account/tokens', { name })
  return /<code>(pbpublish_[\w-]+)<\/code>/.exec(page.text)?.[1] ?? ''
}

function publisher(relay: TestRelay, token: string) {
  const request = requestWith(() => relay.url, token)
  const releases = openRelayReleases(request)
  async function publish(notes: string, base: number | null) {
    const { files, bytesOf } = makeRelease({ 'config.jsonc': config('Desk'), 'notes.md': notes })
    const { releaseId } = await sendNow({ relay: releases, appId, name: 'Desk', files, bytesOf })
    return (await all(releases.publish(appId, { releaseId, base, title: notes }))).at(-1)?.type
  }
  return { request, releases, publish }
}

async function open(t: TestContext, kind: DatabaseKind) {
  const clock = { now: Date.now() }
  const relay = await startTestRelay(t, { kind, now: () => clock.now })
  return { clock, relay, owner: await setUp(relay) }
}

for (const kind of databases)
  describe(`a publish token on ${kind}`, { concurrency: true }, () => {
    it('publishes long after a desktop would have had to sign in again, until its year is over', async t => {
      const { clock, relay, owner } = await open(t, kind)
      const { publish } = publisher(relay, await makeToken(owner))
      assert.equal(await publish('one', null), 'live')
      clock.now += 360 * day
      assert.equal(await publish('two', 1), 'live')
      clock.now += 6 * day
      await assert.rejects(publish('three', 2), { code: 'unauthorized', message: /Make another one on your account page/ })
    })

    it('does nothing but publish', async t => {
      const { relay, owner } = await open(t, kind)
      const { publish, request, releases } = publisher(relay, await makeToken(owner))
      await publish('one', null)
      const known = await releases.app(appId)
      await assert.rejects(releases.apps(), { code: 'unauthorized' })
      await assert.rejects(releases.manifest(appId, known?.versions[0]?.releaseId ?? ''), { code: 'unauthorized' })
      await assert.rejects(all(releases.rollBack(appId, { number: 1, base: 1 })), { code: 'unauthorized' })
      assert.equal((await request('/api/relay/me')).status, 401)
      assert.equal((await request('/api/relay/custody', { method: 'POST', body: '{}' })).status, 401)
    })

    it('is shown once, listed by its name, and worth nothing once it is ended or its member is gone', async t => {
      const { relay, owner } = await open(t, kind)
      const token = await makeToken(owner)
      const { text } = await owner.get('/account')
      assert.ok(text.includes('Build server') && !text.includes(token))
      assert.ok(!relay.lines.join('\n').includes(token))
      const editor = await joinAs(relay, owner, { email: 'eddy@example.com', role: 'editor' })
      const theirs = await makeToken(editor, 'Eddy’s laptop')
      assert.equal(await publisher(relay, theirs).publish('one', null), 'live')
      const id = /tokens\/end"[^]*?name="id" value="([^"]+)"/.exec(text)?.[1] ?? ''
      await editor.post('/account/tokens/end', { id })
      assert.ok(await publisher(relay, token).releases.app(appId), 'others cannot end it')
      await owner.post('/account/tokens/end', { id })
      await assert.rejects(publisher(relay, token).publish('two', 1), { code: 'unauthorized' })
      const members = (await owner.get('/members')).text
      const person = /eddy@example\.com[^]*?members\/remove\?id=([^"]+)"/.exec(members)?.[1] ?? ''
      await owner.post('/members/remove', { id: person })
      await assert.rejects(publisher(relay, theirs).publish('two', 1), { code: 'unauthorized' })
    })

    it('is not for viewers, nor without a name', async t => {
      const { relay, owner } = await open(t, kind)
      const viewer = await joinAs(relay, owner, { email: 'vi@example.com', role: 'viewer' })
      assert.ok(!(await viewer.get('/account')).text.includes('Publish tokens'))
      assert.equal((await viewer.post('/account/tokens', { name: 'x' })).status, 403)
      assert.match((await owner.post('/account/tokens', { name: ' ' })).text, /Say what the token is for\./)
    })
  })
