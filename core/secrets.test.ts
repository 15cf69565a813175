import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createScrubber, maskSecrets, withoutValues } from './secrets.ts'

const tokens = [
  'xoxb-123456789012-abcdefGHIJ',
  'xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4OTA',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'github_pat_11ABCDEFG0abcdefghijkl_mnop',
  'ya29.a0AfH6SMBx-y_z123',
  '1//0gabcdefghijklmnopqrstuvw-xyz',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123',
  'sk-abcdefghijklmnopqrstuv',
  'AKIAIOSFODNN7EXAMPLE',
  'glpat-abcdefghij0123456789',
  'lin_oauth_0123456789abcdef0123456789abcdef',
]

for (const token of tokens)
  test(`${token.slice(0, 6)}… is hidden wherever it stands`, () => assert.equal(maskSecrets(`a ${token} b`), 'a •••••• b'))

for (const [told, shown] of [
  ['Authorization: Bearer abcdef-0123', 'Authorization: Bearer ••••••'],
  ['/token?refresh_token=opaque-0123&x=1', '/token?refresh_token=••••••&x=1'],
  ['{"access_token":"opaque-0123","n":1}', '{"access_token":"••••••","n":1}'],
  ["{ client_secret: 'opaque-0123' }", "{ client_secret: '••••••' }"],
] as const)
  test(`what stands after a name of a secret is hidden: ${shown}`, () => assert.equal(maskSecrets(told), shown))

test('ordinary text stays as it is', () => {
  for (const text of ['Bearer of bad news', 'The tokens_used were 12', 'sketch-of-a-plan', 'a basic idea', 'https://example.com/a/b?c=d'])
    assert.equal(maskSecrets(text), text)
})

test('known values are hidden, also as they stand in an address; words that are too short are left', () => {
  assert.equal(withoutValues('a tok/123+456 b tok%2F123%2B456 c', ['tok/123+456']), 'a •••••• b •••••• c')
  assert.equal(withoutValues('the end', ['the']), 'the end')
})

test('a scrubber hides what it was told and forgets the oldest first', () => {
  const { know, scrub } = createScrubber(2)
  for (const value of ['opaque-one', 'opaque-two', 'opaque-one', 'opaque-three']) know(value)
  assert.equal(scrub('opaque-one opaque-two opaque-three ghp_0123456789abcdefghij'), '•••••• opaque-two •••••• ••••••')
})
