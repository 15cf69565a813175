import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { providers } from '../../connectors/providers/index.ts'
import { checkAnswers } from '../../core/addresses.ts'
import type { Provider } from '../../core/provider.ts'
import { refresh } from '../../oauth/refresh.ts'
import { revoke } from '../../oauth/revoke.ts'
import { authorize } from './authorize.ts'
import { startHabitualServer } from './habitual-server.fixture.ts'
import { habits, type Habits } from './provider-habits.fixture.ts'

const scopes = ['one:read', 'two:write']

async function signIn(t: TestContext, provider: Provider, habit: Habits) {
  const server = await startHabitualServer(t, habit)
  const party = server.party(provider, checkAnswers(provider, habit.answers ?? {}))
  const attempt = await authorize({ ...party, scopes })
  t.after(() => attempt.close())
  const page = await fetch(attempt.authorizationUrl, { redirect: 'manual' })
  assert.equal(page.status, 302, `the server shows an error instead of asking: ${server.refusals.join('; ')}`)
  const tab = fetch(page.headers.get('location') ?? '')
  await attempt.returned
  const grant = await attempt.exchange()
  attempt.finish({ outcome: 'connected', title: 'Done', text: '' })
  await tab
  return { server, grant, party: { ...party, facts: { ...party.facts, ...grant.facts } } }
}

describe('every provider', () => {
  it('has a server here that behaves like it', () => assert.deepEqual(Object.keys(habits).sort(), Object.keys(providers).sort()))

  for (const [id, habit] of Object.entries(habits)) {
    const provider = providers[id]
    if (!provider) continue

    it(`${id}: signs in, is renewed and taken back by the same code`, async t => {
      const { server, grant, party } = await signIn(t, provider, habit)
      assert.deepEqual(server.refusals, [])
      assert.ok(server.isAlive(grant.accessToken))
      assert.deepEqual(
        scopes.filter(scope => !grant.scopesGranted.includes(scope)),
        [],
      )
      assert.equal(grant.accessExpiresAt === null, habit.ends === 'unsaid')
      // Complaint 3: what has to be asked for to get a refresh token is asked for.
      assert.equal(grant.refreshToken === null, habit.lasting === 'never')
      assert.ok(provider.refreshToken !== 'always' || grant.refreshToken !== null)

      let held = grant
      if (grant.refreshToken !== null && provider.rotation !== 'none') {
        const answer = await refresh({ ...party, refreshToken: grant.refreshToken, scopes })
        assert.ok(answer.kind === 'granted', `${answer.kind}: ${server.refusals.join('; ')}`)
        assert.notEqual(answer.grant.accessToken, grant.accessToken)
        assert.ok(server.isAlive(answer.grant.accessToken))
        held = { ...answer.grant, refreshToken: answer.grant.refreshToken ?? grant.refreshToken }
        // A class that is taken for milder than it is would cost connections; the other way round it costs a little patience.
        if (habit.refreshing === undefined) assert.ok(['strict', 'grace', 'untilUsed'].includes(provider.rotation))
      }

      const withdrawal = await revoke({ ...party, accessToken: held.accessToken, refreshToken: held.refreshToken })
      if (!habit.revoke) return assert.equal(withdrawal, 'impossible')
      assert.ok(['ended', 'tokenOnly', 'unclear'].includes(withdrawal), `${withdrawal}: ${server.refusals.join('; ')}`)
      assert.equal(server.isAlive(held.refreshToken ?? held.accessToken), false)
    })
  }
})
