import assert from 'node:assert/strict'
import { onEachDatabase } from '../../host/store/each-database.fixture.ts'
import type { RunningApp } from '../../host/running-app.ts'
import { createAppUsers } from './appusers.ts'

onEachDatabase('a user is removed once what they had connected is ended, and not before', async ({ engine }) => {
  const ended: string[] = []
  let isAway = true
  const appUsers = createAppUsers({
    secret: 'secret',
    url: 'http://127.0.0.1:4848',
    warn: message => assert.fail(message),
    async endAccounts({ appId, userId }, { member }) {
      if (isAway) throw new Error('The database is away.')
      ended.push(`${appId} ${userId} by ${member}`)
    },
  })
  const by = { member: 'admin', ip: null }
  const users = await appUsers.of({ appId: 'desk', database: engine } as RunningApp)
  const userId = await users.signUp({ name: 'Vera', email: 'vera@example.com', password: 'a fine long password' })
  await assert.rejects(users.remove(userId, by), /is away/)
  assert.equal(await users.emailOf(userId), 'vera@example.com')
  isAway = false
  assert.equal(await users.remove(userId, by), 'vera@example.com')
  assert.deepEqual([await users.emailOf(userId), new Set(ended)], [null, new Set([`desk ${userId} by admin`])])
})
