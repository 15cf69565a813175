import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { providers } from '../../connectors/providers/index.ts'
import type { GrantTold } from '../../core/contract/account-requests.ts'
import { grantNotes } from './grant-notes.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const day = 86_400_000

const grant = (more: Partial<GrantTold>): GrantTold => ({
  renewable: true,
  accessExpiresAt: now + 3_600_000,
  refreshExpiresAt: null,
  scopesGranted: [],
  ...more,
})

function notes(id: string, more: Partial<GrantTold>): string[] {
  const provider = providers[id]
  assert.ok(provider, id)
  return grantNotes(provider, grant(more), now)
}

describe('what is said of a fresh grant', () => {
  for (const provider of Object.values(providers)) {
    it(`complaint 3: ${provider.id}: access that ends and cannot be renewed is said to end`, () => {
      const [note = ''] = notes(provider.id, { renewable: false })
      assert.equal(note, `${provider.name} gave no lasting access: connect again when it ends on 2026-11-21 at 13:00 UTC.`)
    })

    it(`complaint 3: ${provider.id}: access that should be renewable and is not is never taken for eternal`, () => {
      const said = notes(provider.id, { renewable: false, accessExpiresAt: null })
      assert.equal(said.length > 0, provider.refreshToken === 'always')
    })

    it(`${provider.id}: nothing is said when all is as it should be`, () => assert.deepEqual(notes(provider.id, {}), []))
  }

  it('complaint 4: a Google client in test mode is said to end its connections after 7 days, and how to end that', () => {
    assert.deepEqual(notes('google', { refreshExpiresAt: now + 7 * day - 1000 }), [
      'This connection ends on 2026-11-28 at 11:59 UTC: your OAuth client is in test mode. Set it to “In production” in Google’s console and connect again to end that.',
    ])
    assert.deepEqual(notes('google', { refreshExpiresAt: now + 180 * day }), [])
  })

  it('takes a far end of a refresh token for what it is elsewhere', () => {
    assert.deepEqual(notes('airtable', { refreshExpiresAt: now + 60 * day }), [])
  })
})
