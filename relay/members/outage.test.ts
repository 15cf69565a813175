import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import { until } from '../../core/until.fixture.ts'
import { makeCluster } from '../../host/store/postgres-cluster.fixture.ts'
import { openPostgres } from '../../host/store/postgres.ts'
import { authorizationQuery, newVerifier } from '../desktops/desktop.fixture.ts'
import { alertOf } from '../pages/page.fixture.ts'
import { publishApp, signUp } from '../published/published.fixture.ts'
import { onPostgres } from '../relay.fixture.ts'
import { startPublishing } from '../releases/releases.fixture.ts'

it('a database that goes away or takes nothing: who is signed in is told so, and nobody seems to be signed out who is not', async t => {
  const cluster = await makeCluster({ fsync: false })
  const ends: (() => Promise<void> | void)[] = [cluster.remove]
  t.after(async () => {
    for (const end of ends) await end()
  })
  const place = await startPublishing({ after: end => void ends.unshift(end) }, { settings: onPostgres(cluster.url) })
  const { browser: member } = place
  const user = await signUp(await publishApp(place, { appId: 'shop', name: 'Shop', visibility: 'public', files: {} }), 'vera@example.com')
  const onDatabase = async (change: ReturnType<typeof sql>) => {
    const postgres = openPostgres(cluster.url)
    await postgres.engineFor('app_shop').transaction(function* () {
      yield sql`set transaction read write`
      yield change
    })
    await postgres.close()
  }
  const startAgain = async () => {
    await cluster.stop()
    await cluster.start()
    await until(async () => (await member.get('/apps')).status === 200)
  }

  /** What a page and the call of a page answer, and whether they leave the browsers signed in. */
  async function refused(words: RegExp, page: ReturnType<typeof member.get>, call: ReturnType<typeof user.get>) {
    const [shown, told] = await Promise.all([page, call])
    assert.deepEqual([shown.status, shown.headers.get('retry-after'), shown.headers.getSetCookie()], [503, '10', []])
    assert.match(String(alertOf(shown)), words)
    assert.deepEqual([told.status, told.headers.get('retry-after'), told.headers.getSetCookie()], [503, '10', []])
    assert.match(told.body.message, words)
  }

  await cluster.stop('immediate')
  const away = /^The database cannot be reached\. /
  await refused(away, member.get('/apps'), user.get('app'))
  await refused(away, member.get(`/oauth/authorize?${authorizationQuery(newVerifier())}`), user.get('auth/sessions'))
  await refused(away, member.post('/sign-out', {}), user.post('auth/sign-out'))
  await startAgain()

  // As a server does that another one takes over from.
  await onDatabase(sql`alter database postgres set default_transaction_read_only = on`)
  await startAgain()
  const readOnly = /^Plugboard may not write to its database\. /
  await refused(readOnly, member.post('/sign-out', {}), user.post('auth/sign-out'))
  assert.equal((await user.get('app')).body.user.email, 'vera@example.com')

  // A session that was begun days ago is prolonged when it is used.
  await onDatabase(sql`update sessions set "expiresAt" = ${new Date(Date.now() + 20 * 24 * 60 * 60_000).toISOString()}`)
  await refused(readOnly, member.post('/sign-out', {}), user.get('app'))

  await onDatabase(sql`alter database postgres reset default_transaction_read_only`)
  await startAgain()
  const [pages, calls] = [new Map(member.cookies), new Map(user.cookies)]
  assert.equal((await user.get('app')).body.user.email, 'vera@example.com')
  assert.equal((await member.post('/sign-out', {})).status, 200)
  assert.equal((await user.post('auth/sign-out')).status, 200)
  assert.deepEqual([member.cookies.size, user.cookies.size], [0, 0])
  for (const [name, value] of pages) member.cookies.set(name, value)
  for (const [name, value] of calls) user.cookies.set(name, value)
  assert.equal((await member.get('/apps')).url.pathname, '/sign-in', 'the session is over, not the cookie alone')
  assert.equal((await user.get('app')).body.user, null)
})
