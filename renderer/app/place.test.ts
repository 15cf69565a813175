import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hrefOf, readPlace, safeNext } from './place.ts'

const at = (address: string, base = '/a/support-desk/') => {
  const { pathname, search } = new URL(address, 'https://relay.example.com')
  return readPlace(base, { pathname, search })
}

test('an address below the app says which page is shown and what is open on it', () => {
  assert.deepEqual(at('/a/support-desk'), { screen: 'page', page: null, open: null })
  assert.deepEqual(at('/a/support-desk/'), { screen: 'page', page: null, open: null })
  assert.deepEqual(at('/a/support-desk/tickets'), { screen: 'page', page: 'tickets', open: null })
  assert.deepEqual(at('/tickets/Ticket/t1', '/'), { screen: 'page', page: 'tickets', open: { entity: 'Ticket', record: 't1' } })
  assert.deepEqual(at('/a/support-desk/join?token=abc'), { screen: 'join', token: 'abc', next: '' })
})

test('every place has an address that leads to it again', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,9}$/),
      fc.stringMatching(/^[A-Za-z]\w{0,9}$/),
      fc.string({ minLength: 1, unit: 'grapheme' }),
      (page, entity, record) => {
        fc.pre(record !== '.' && record !== '..' && record.isWellFormed())
        assert.deepEqual(at(hrefOf('/a/x/', { page: `p${page}`, entity, record }), '/a/x/'), {
          screen: 'page',
          page: `p${page}`,
          open: { entity, record },
        })
      },
    ),
  )
})

test('whoever signs in comes back to where they were, and to nowhere outside of the app', () => {
  assert.deepEqual(at(hrefOf('/a/support-desk/', { screen: 'sign-in', next: 'tickets/Ticket/new' })), {
    screen: 'sign-in',
    token: '',
    next: 'tickets/Ticket/new',
  })
  for (const next of [
    '//evil.example',
    'https://evil.example',
    '../other',
    '..',
    'a/../../b',
    '/tickets',
    '\\evil',
    'javascript:alert(1)',
    'a%2f..%2f..',
  ])
    if (safeNext(next) !== '') assert.ok(new URL(safeNext(next), 'https://r.example/a/x/').href.startsWith('https://r.example/a/x/'), next)
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), next => {
      assert.ok(new URL(safeNext(next), 'https://r.example/a/x/').href.startsWith('https://r.example/a/x/'))
    }),
  )
})
