import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { relayInfo } from '../../core/contract/relay.ts'
import { custodyAnswer, noRun, type AnswerKey, type CustodyRequest, type RelayRun } from '../../core/custody/messages.ts'
import { makeAnswerKey, sealTo, type Handover } from '../../core/custody/sealed.ts'
import { openRelayReleases } from '../../main/publish/relay-releases.ts'
import { giveConsent } from '../../oauth/oidc.fixture.ts'
import { about } from '../custody/offering.fixture.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { desktopAt, signInAt, startBroker } from '../oauth/broker.fixture.ts'
import { publishApp, signUp, startPublished, type Publisher } from '../published/published.fixture.ts'
import { databases, joinAs, type Browser } from '../relay.fixture.ts'
import { requestWith } from '../releases/releases.fixture.ts'
import { connectAs } from './calendar.fixture.ts'

const files = {
  'connectors/googlecalendar.jsonc': JSON.stringify({
    type: 'googlecalendar',
    scopes: ['https://www.googleapis.com/auth/calendar.events'],
    mode: 'app-user',
  }),
  'functions/agenda/entry.ts': `import { connectors } from 'plugboard'
    export default () => connectors.googlecalendar.listEvents({ from: '2031-05-01T00:00:00Z', to: '2031-05-03T00:00:00Z' })`,
}

/** What a desktop would put in the place of an account. */
const another: Handover = {
  accessToken: 'another',
  refreshToken: null,
  accessExpiresAt: null,
  refreshExpiresAt: null,
  scopes: [],
  client: { clientId: 'another' },
}

/** All that a desktop may say of a connection. */
async function requestsAbout(connectionId: string, run: RelayRun, relayKey: AnswerKey): Promise<CustodyRequest[]> {
  const { publicKey } = await makeAnswerKey()
  const head = { connectionId, desktopId: 'd-1', turn: 1, seen: 0, run }
  const [base, grantId] = ['turn1', 'g1']
  const sealed = await sealTo(relayKey, { connectionId, grantId, direction: 'handover' }, JSON.stringify(another))
  const told = { ...about, appId: 'diary', connector: 'googlecalendar' }
  return [
    { kind: 'Offer', ...head, sealed, grantId, keyId: relayKey.kid, about: told },
    { kind: 'Yours', ...head, base },
    { kind: 'AccessToken', ...head, base, sessionPublicKey: publicKey },
    { kind: 'Reclaim', ...head, base, returnPublicKey: publicKey },
    { kind: 'Returned', ...head },
    { kind: 'Where', ...head },
    { kind: 'Mine', ...head },
    { kind: 'Gone', ...head, withdraw: true },
  ]
}

/** As the workspace's pages tell it. */
async function idIn(owner: Browser, connector: string, email: string): Promise<string> {
  const { text } = await owner.get(`/connections/users/diary/${connector}`)
  return new RegExp(`${email}[^]*?/([-0-9a-f]{36})/end`).exec(text)?.[1] ?? ''
}

for (const kind of databases)
  describe(`a desktop that speaks of the account of an app’s user as if it were shared, on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Publisher
    let site: string
    before(async () => {
      place = await startPublished({ after: end => void ends.unshift(end) }, kind)
      site = await publishApp(place, { appId: 'diary', name: 'Diary', visibility: 'public', files })
    })
    after(async () => {
      for (const end of ends) await end()
    })

    for (const role of ['owner', 'editor', 'viewer'] as const)
      it(`changes nothing and learns nothing, whatever it says: that of the ${role}`, async () => {
        const { relay, browser: owner } = place
        const email = `user-of-${role}@example.com`
        const user = await signUp(site, email)
        await connectAs(user, 'robin')
        const id = await idIn(owner, 'googlecalendar', email)
        const works = async (after: string) => assert.equal((await user.post('functions/agenda', {})).status, 200, after)

        const browser = role === 'owner' ? owner : await joinAs(relay, owner, { email: `${role}@example.com`, role })
        const { send } = desktopAt(relay.url, (await signInDesktop(relay.url, browser)).access)
        const say = (request: CustodyRequest) => send('/api/relay/custody', 'POST', request)
        const met = await say({ kind: 'Mine', connectionId: 'of nobody', turn: 1, seen: 0, run: noRun })
        const { run } = custodyAnswer.parse(await met.json())
        const { publicKey } = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
        for (const request of await requestsAbout(id, run, publicKey)) {
          const answered = await say(request)
          const said = await answered.text()
          const isForbidden = role === 'viewer' && (request.kind === 'Offer' || request.kind === 'AccessToken')
          assert.equal(answered.status, isForbidden ? 403 : 404, `${request.kind}: ${said}`)
          if (!isForbidden) assert.match(said, /The relay keeps no such connection of yours\./)
          await works(request.kind)
        }
        assert.match((await owner.get('/connections')).text, /No account was given/)
        await connectAs(user, 'robin')
        await works('connected again')
      })
  })

it('a member keeps no other account under the id of that of an app’s user', async t => {
  const { relay, owner, access, desktop } = await startBroker(t)
  const releases = openRelayReleases(requestWith(() => relay.url, access))
  const connector = JSON.stringify({ type: 'tickets', scopes: ['tickets:read'], mode: 'app-user' })
  const app = { appId: 'diary', name: 'Diary', visibility: 'public', files: { 'connectors/tickets.jsonc': connector } }
  const user = await signUp(await publishApp({ releases }, app), 'vera@example.com')
  const begun = await user.post('connections/tickets/connect', {})
  await user.send(await giveConsent(begun.body.authorizationUrl))
  const id = await idIn(owner, 'tickets', 'vera@example.com')

  const { id: asked, url } = await desktop.ask()
  await signInAt(owner, url, 'agree', 'bob')
  const as = { connectionId: id, name: 'Mine', isDefault: true }
  const kept = await desktop.send(`/api/relay/accounts/${asked}/keep`, 'POST', as)
  assert.deepEqual([kept.status, (await kept.json()).message], [404, 'This connection is not on the relay any more.'])
  assert.match((await owner.get('/connections')).text, /No account was given/)
  assert.partialDeepStrictEqual((await user.get('connections')).body[0], { state: 'connected', account: { id: 'ada' } })
})
