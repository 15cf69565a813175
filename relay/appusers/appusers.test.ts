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
    report: error => assert.fail(error),
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

onEachDatabase(
  'what a user had connected who goes for whose e-mail it is, ends later when it cannot at once, and keeps nobody out',
  async ({ engine }) => {
    const ended: string[] = []
    const reported: string[] = []
    let isAway = true
    const appUsers = createAppUsers({
      secret: 'secret',
      url: 'http://127.0.0.1:4848',
      warn: message => assert.fail(message),
      report: ({ message }) => reported.push(message),
      async endAccounts({ userId }, { member }) {
        if (isAway) throw new Error('The database is away.')
        ended.push(`${userId} by ${member}`)
      },
    })
    const open = () => appUsers.of({ appId: 'desk', database: engine } as RunningApp)
    const users = await open()
    const member = { userId: 'm1', name: 'Vera', email: 'vera@example.com', workspaceId: 'w1', role: 'viewer' } as const
    const squatter = await users.signUp({ name: 'Not Vera', email: 'vera@example.com', password: 'a fine long password' })
    const vera = await users.enter(member, null)
    assert.deepEqual([await users.emailOf(squatter), await users.emailOf(vera)], [null, 'vera@example.com'])
    assert.deepEqual([reported, ended], [['Accounts of a user who is gone from the app “desk” could not be ended yet.'], []])
    isAway = false
    await open()
    assert.deepEqual(ended, [`${squatter} by m1`], 'as the app wakes the next time')
    await users.enter(member, vera)
    assert.deepEqual(ended, [`${squatter} by m1`], 'once')
  },
)
