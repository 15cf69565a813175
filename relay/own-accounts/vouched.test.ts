import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { readConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import {
  asMember,
  createVisitor,
  password,
  publishApp,
  signUp,
  startPublished,
  type AppVisitor,
  type Publisher,
} from '../published/published.fixture.ts'
import { databases, joinAs } from '../relay.fixture.ts'
import { connectAs } from './calendar.fixture.ts'

const files = {
  'connectors/googlecalendar.jsonc': JSON.stringify({
    type: 'googlecalendar',
    scopes: ['https://www.googleapis.com/auth/calendar.events'],
    mode: 'app-user',
  }),
  'workflows/daily.jsonc': JSON.stringify({
    name: 'Daily',
    is_active: true,
    trigger: { config: { trigger_type: 'scheduled', cron_expression: '0 4 1 1 *', timezone: 'UTC' } },
    definition: {
      document: { dsl: '1.0.0', namespace: 'diary', name: 'daily', version: '1.0' },
      do: [
        {
          step: {
            call: 'invoke_connector_action',
            with: {
              connector: 'googlecalendar',
              action: 'createEvent',
              input: { title: 'Daily', start: '2031-05-01T09:30:00Z' },
            },
          },
        },
      ],
    },
  }),
}

for (const kind of databases)
  describe(`what someone has connected by an e-mail that is another person’s, on ${kind}`, () => {
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

    const idOf = async (visitor: AppVisitor): Promise<string> => (await visitor.get('app')).body.user.id

    /** Someone who has signed up by this e-mail, connected a calendar and let the schedule use it. */
    async function squat(email: string): Promise<string> {
      const squatter = await signUp(site, email, 'Somebody')
      await connectAs(squatter, 'robin', ['daily'])
      const userId = await idOf(squatter)
      assert.deepEqual(await held(userId), { accounts: 1, agreements: 1 })
      return userId
    }

    async function held(userId: string) {
      const { database, close } = await openRelayDatabase(readConfig(place.relay.settings))
      const count = async (table: string) =>
        (await database.query(sql`select 1 as one from ${sql.table(table)} where user_id = ${userId}`)).length
      const found = { accounts: await count('own_accounts'), agreements: await count('own_account_flows') }
      await close()
      return found
    }

    it('ends when a member comes in whose e-mail it is, and the log says so', async () => {
      const squatterId = await squat('nora@example.com')
      const nora = asMember(site, await joinAs(place.relay, place.browser, { email: 'nora@example.com', role: 'viewer', name: 'Nora' }))
      await nora.open('/api/auth/member')
      assert.notEqual(await idOf(nora), squatterId)
      assert.deepEqual(await held(squatterId), { accounts: 0, agreements: 0 })
      const log: { actor: string; action: string; detail: string }[] = JSON.parse(
        (await place.browser.get('/audit/log.json?app=diary')).text,
      )
      assert.partialDeepStrictEqual(
        log.find(({ action }) => action === 'own_account.ended'),
        { actor: 'Nora', detail: 'nora@example.com' },
      )
    })

    it('ends when somebody comes in who was invited by that e-mail', async () => {
      const squatterId = await squat('ida@example.com')
      const invited = await fetch(`${place.relay.url}/api/relay/apps/diary/users/invitations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${place.access}` },
        body: JSON.stringify({ email: 'ida@example.com' }),
      })
      const { url } = (await invited.json()) as { url: string }
      const ida = createVisitor(site)
      const person = { name: 'Ida', email: 'ida@example.com', password }
      assert.equal((await ida.post('auth/sign-up', { ...person, invitation: 'made up' })).status, 409)
      assert.deepEqual(await held(squatterId), { accounts: 1, agreements: 1 })
      assert.equal((await ida.post('auth/sign-up', { ...person, invitation: new URL(url).searchParams.get('token') })).status, 200)
      assert.notEqual(await idOf(ida), squatterId)
      assert.deepEqual(await held(squatterId), { accounts: 0, agreements: 0 })
    })

    it('stays theirs who is signed in when they come in as a member', async () => {
      const kai = asMember(site, await joinAs(place.relay, place.browser, { email: 'kai@example.com', role: 'viewer' }))
      await kai.post('auth/sign-up', { name: 'Kai', email: 'kai@example.com', password })
      await connectAs(kai, 'mia', ['daily'])
      await kai.open('/api/auth/member')
      assert.deepEqual(await held(await idOf(kai)), { accounts: 1, agreements: 1 })
    })
  })
