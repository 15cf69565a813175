import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connectors } from '../connectors/index.ts'
import gmail from '../connectors/google/gmail.ts'
import slackbot from '../connectors/slack/bot.ts'
import { relayInfo } from '../core/contract/relay.ts'
import { connectionsFor, connectWith } from '../main/connections/connections.fixture.ts'
import { atDoor } from '../practice/at-door.ts'
import { openDoor } from '../practice/door.ts'
import { agreeAs, callFor, practiceFor, run } from '../practice/practice.fixture.ts'
import { createPractice, type Practice } from '../practice/practice.ts'
import { readConfig } from './config.ts'
import { openRelayDatabase } from './database.ts'
import { readMasterKeys } from './keys/master.ts'
import { createLog } from './log.ts'
import { createRelayPractice } from './practice.ts'
import { createRooms } from './rooms.ts'
import { all, config, makeRelease, requestWith, sendNow, startPublishing } from './releases/releases.fixture.ts'

const appId = 'desk'
const files = {
  'config.jsonc': config('Desk'),
  'connectors/slackbot.jsonc': '{ "type": "slackbot", "scopes": ["chat:write"] }',
  'functions/tell/entry.ts': `import { connectors } from 'plugboard'
    export default ({ text }) => connectors.slackbot.postMessage({ channel: '#support', text })`,
}

async function serve(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-practice-'))
  const { url, close } = await openDoor({ folder, port: 0, report: problem => assert.fail(problem) })
  t.after(async () => {
    await close()
    await rm(folder, { recursive: true, force: true })
  })
  return { url, practice: createPractice(atDoor(url, 'PLUGBOARD_PRACTICE_URL')) }
}

/** A desktop with a practice Slack, signed in to a relay where its app is published. */
async function openDesktop(t: TestContext, practice: Practice, settings: Record<string, string> = {}) {
  const { relay, access, releases } = await startPublishing(t, { settings })
  const info = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
  const link = {
    request: requestWith(() => relay.url, access),
    read: async () => ({ info, member: {} as never, tokens: { access, accessExpiresAt: Infinity, refresh: '' } }),
  }
  const { connections } = await connectionsFor(t, { connectors, practice, relay: link })
  const { connection } = await connectWith(
    connections,
    { appId, connector: 'slackbot', scopes: Object.keys(slackbot.scopes), practice: true },
    agreeAs('robin'),
  )
  const give = () => connections.moveTo(connection.id, 'relay')
  async function publish() {
    const { files: manifest, bytesOf } = makeRelease(files)
    const sent = await sendNow({ relay: releases, appId, name: 'Desk', files: manifest, bytesOf })
    const events = await all(releases.publish(appId, { releaseId: sent.releaseId, base: null, title: 'First version' }))
    assert.equal(events.at(-1)?.type, 'live')
  }
  return { relay, connections, give, publish }
}

/** Another node of the same relay, which calls a function of the app. */
async function callOnRelay(t: TestContext, settings: Record<string, string>, url: string, name: string, input: { text: string }) {
  const config = readConfig(settings)
  const databases = await openRelayDatabase(config)
  const rooms = await createRooms({
    config,
    url,
    version: '1.2.3',
    databases,
    masters: await readMasterKeys(config),
    log: createLog(() => {}),
  })
  t.after(async () => {
    for (const room of [rooms.apps, rooms.custody, rooms.practice]) await room.close()
    await databases.close()
  })
  const caller = { runId: null, stepId: null, by: { kind: 'user', name: 'Ada' } } as const
  return rooms.apps.use(appId, app => app.functions.run(name, input, { caller }))
}

const textsOf = async (practice: Practice) =>
  (await run(slackbot, await callFor(practice, slackbot, { appId }), 'readMessages', { channel: '#support', limit: 20 })).map(
    ({ text }) => text,
  )

describe('practice accounts on a relay', { concurrency: true }, () => {
  it('of a practice service are used by the published app when the desktop is closed', async t => {
    const { url, practice } = await serve(t)
    const { relay, connections, publish, give } = await openDesktop(t, practice, { RELAY_PRACTICE_URL: url })
    await publish()
    assert.equal((await give()).custody?.state, 'relay')
    await connections.close()
    await callOnRelay(t, relay.settings, relay.url, 'tell', { text: 'from the relay' })
    assert.ok((await textsOf(practice)).includes('from the relay'))
  })

  it('of a desktop beside it are used by a relay that is for this machine alone', async t => {
    const { practice } = await practiceFor(t)
    const { relay, publish, give } = await openDesktop(t, practice)
    await publish()
    assert.equal((await give()).custody?.state, 'relay')
    await callOnRelay(t, relay.settings, relay.url, 'tell', { text: 'next door' })
    assert.ok((await textsOf(practice)).includes('next door'))
  })

  it('are not taken by a relay that others use, unless they are of its own practice service', async t => {
    const { url, practice } = await serve(t)
    const other = await serve(t)
    const place = await practice.place(appId, slackbot.provider)
    const open = (serviceUrl: string | null) => {
      const opened = createRelayPractice({
        url: 'https://relay.example.com',
        redirectUri: 'https://relay.example.com/oauth/callback',
        serviceUrl,
        dataFolder: tmpdir(),
        allow() {},
        report: assert.ifError,
      })
      t.after(opened.close)
      return opened
    }
    await assert.rejects(open(null).endpoints(appId, slackbot.provider, place), { code: 'validation', message: /RELAY_PRACTICE_URL/ })
    await assert.rejects(open(null).endpoints(appId, gmail.provider), { code: 'validation' })
    await assert.rejects(open(other.url).endpoints(appId, slackbot.provider, place), { code: 'validation' })
    assert.equal((await open(url).endpoints(appId, slackbot.provider, place)).origins['https://slack.com'], place.origin)
    assert.deepEqual(await open(url).use(), { local: false, service: place.service })
    assert.deepEqual(await open(null).use(), { local: false, service: null })
  })

  it('of app users are started by the relay when they are first needed, and only reached where it allows', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'relay-practice-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const allowed: string[] = []
    const url = 'http://127.0.0.1:4848'
    const room = createRelayPractice({
      url,
      redirectUri: `${url}/oauth/callback`,
      serviceUrl: null,
      dataFolder: folder,
      allow: origin => void allowed.push(new URL(origin).origin),
      report: assert.ifError,
    })
    t.after(room.close)
    const { authorizationEndpoint, clientId, origins } = await room.endpoints(appId, gmail.provider)
    const consent = await fetch(
      `${authorizationEndpoint}?${new URLSearchParams({ client_id: clientId, redirect_uri: `${url}/oauth/callback`, scope: 'openid' })}`,
    )
    assert.equal(consent.status, 200)
    assert.deepEqual(allowed, [origins['https://gmail.googleapis.com']])
  })

  it('go along only with an app that is on the relay', async t => {
    const { url, practice } = await serve(t)
    const { give } = await openDesktop(t, practice, { RELAY_PRACTICE_URL: url })
    const { custody } = await give()
    assert.equal(custody?.state, 'moving')
    assert.match(custody?.problem ?? '', /not on the relay\. Publish it/)
  })
})
