import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createCredentials } from './credentials.ts'
import { about } from './custody/offering.fixture.ts'

type Rooms = Parameters<typeof createCredentials>[0]

/** An app with one connection in custody, of the given mode. */
function credentialsWith(mode: 'shared' | 'app-user') {
  const record = { connectionId: 'c1', about: { ...about, mode }, since: 0, state: { role: 'active', unsure: false } }
  const token = { accessToken: 'token', generation: 1, accessExpiresAt: null, scopes: [] }
  const custody = {
    ofApp: async () => [{ record, status: null }],
    accessToken: async () => ({ record, token }),
  } as unknown as Rooms['custody']
  const own = {} as Rooms['own']
  const practice = {} as Rooms['practice']
  return createCredentials({ custody, own, practice, workspaceId: 'w1', appId: about.appId })
}

const wanted = { appId: about.appId, connector: about.connector }

it('an account that its builder tries the app with serves nobody else, by default or by name', async () => {
  const shared = credentialsWith('shared')
  assert.equal((await shared.accessToken(wanted)).accessToken, 'token')
  assert.equal((await shared.accounts({ appId: about.appId })).length, 1)
  const own = credentialsWith('app-user')
  for (const connection of [undefined, 'c1', about.name])
    await assert.rejects(own.accessToken({ ...wanted, ...(connection && { connection }) }), { code: 'needs_connection' })
  assert.deepEqual(await own.accounts({ appId: about.appId }), [])
})
