import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { appOn, hookedApp } from './hooks/hooks.fixture.ts'
import { config, startPublishing } from './releases/releases.fixture.ts'

type Request = { path: string; method?: 'GET' | 'POST'; form?: Record<string, string>; json?: object; asMember?: boolean }

const person = { name: 'Ada', email: 'ada@example.com', password: 'a password that is long' }
const token = 'a-guess-of-a-token'

/** Every door at which someone could try one secret after the other. */
const doors: Record<string, Request> = {
  'signing in to the relay': { path: '/sign-in', form: person },
  'going to the OpenID provider': { path: '/sign-in/oidc' },
  'coming back from the OpenID provider': { path: `/auth/callback/oidc?state=${token}&code=${token}` },
  'setting the relay up': { path: `/set-up?token=${token}` },
  'setting the relay up by its form': { path: '/set-up', form: { token, ...person } },
  'looking at an invitation': { path: `/invitation?token=${token}` },
  'taking an invitation': { path: '/invitation', form: { token, ...person } },
  'looking at a link for a new password': { path: `/reset?token=${token}` },
  'choosing a new password': { path: '/reset', form: { token, password: person.password } },
  'redeeming a code of a desktop': { path: '/oauth/token', form: { grant_type: 'refresh_token', refresh_token: token } },
  'ending a token of a desktop': { path: '/oauth/revoke', form: { token } },
  'coming back from a provider': { path: `/oauth/callback?state=${token}&code=${token}` },
  'connecting an account anew': { path: '/connect', form: { connectionId: token }, asMember: true },
  'going on to connect an account': { path: `/connect/${token}`, method: 'POST', asMember: true },
  'choosing between two accounts': { path: `/connect/${token}/account`, form: { account: 'new' }, asMember: true },
  'signing up to an app': { path: '/a/desk/api/auth/sign-up', json: person },
  'signing in to an app': { path: '/a/desk/api/auth/sign-in', json: person },
  'asking an app for a new password': { path: '/a/desk/api/auth/forgot', json: { email: person.email } },
  'asking to be let into an app': { path: '/a/desk/api/auth/ask', json: { name: person.name, email: person.email } },
  'looking at a link of an app': { path: `/a/desk/api/auth/link?token=${token}` },
  'choosing a new password for an app': { path: '/a/desk/api/auth/reset', json: { token, password: person.password } },
  'calling a hook': { path: `/a/desk/hooks/any/${token}`, method: 'POST' },
}

describe('who tries too often has to wait', () => {
  const ends: (() => Promise<void> | void)[] = []
  let app: ReturnType<typeof appOn>
  let origin = ''
  let memberCookie = ''
  before(async () => {
    const oidc = { RELAY_OIDC_ISSUER: 'http://127.0.0.1:9', RELAY_OIDC_CLIENT_ID: 'relay' }
    const { relay, access, browser } = await startPublishing({ after: end => void ends.unshift(end) }, { settings: oidc })
    origin = relay.url
    memberCookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    app = appOn(() => relay.url, access, relay.settings, 'desk')
    await app.publish({ ...hookedApp({ any: { trigger: {} } }), 'config.jsonc': config('Desk') })
  })
  after(async () => {
    for (const end of ends) await end()
  })

  function send({ path, form, json, asMember, method = form || json ? 'POST' : 'GET' }: Request): Promise<Response> {
    const ours = { origin, 'sec-fetch-site': 'same-origin', ...(asMember && { cookie: memberCookie }) }
    const body = json ? JSON.stringify(json) : form && new URLSearchParams(form)
    return fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: json ? { ...ours, 'content-type': 'application/json' } : ours,
      ...(body && { body }),
    })
  }

  for (const [what, request] of Object.entries(doors))
    it(what, async () => {
      await app.relay(sql`delete from tries`)
      assert.notEqual((await send(request)).status, 429)
      const counted = await app.relay(sql`update tries set n = 1000000 returning name`)
      assert.ok(counted.length > 0, 'the first try was counted')
      const refused = await send(request)
      assert.equal(refused.status, 429)
      assert.ok(Number(refused.headers.get('retry-after')) > 0)
      assert.match(await refused.text(), /There were too many tries\. Wait .+ and try again\./)
    })
})
