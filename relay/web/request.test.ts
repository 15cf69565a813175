import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { clientAddress, safeNext } from './request.ts'

describe('where a request comes from', () => {
  it('is the socket’s address without trusted proxies, whatever the client says', () => {
    assert.equal(clientAddress('10.0.0.1', '1.2.3.4', 0), '10.0.0.1')
    assert.equal(clientAddress('::ffff:10.0.0.1', undefined, 0), '10.0.0.1')
    assert.equal(clientAddress(undefined, '1.2.3.4', 0), null)
  })

  it('is what the outermost trusted proxy saw; what the client put before that is not believed', () => {
    assert.equal(clientAddress('10.0.0.1', 'spoofed, 203.0.113.7', 1), '203.0.113.7')
    assert.equal(clientAddress('10.0.0.1', 'spoofed, 203.0.113.7, 10.0.0.2', 2), '203.0.113.7')
    assert.equal(clientAddress('10.0.0.1', undefined, 1), '10.0.0.1', 'a request that went around the proxy')
    assert.equal(clientAddress('10.0.0.1', '203.0.113.7', 2), '10.0.0.1')
  })

  it('counts an IPv6 customer as one, however many addresses they use', () => {
    const network = clientAddress('2001:db8:1:2::1', undefined, 0)
    assert.equal(network, '2001:db8:1:2::/64')
    for (const address of ['2001:db8:1:2:3:4:5:6', '2001:DB8:1:2::ffff', '2001:db8:1:2:0:0:0:1'])
      assert.equal(clientAddress(address, undefined, 0), network)
    assert.notEqual(clientAddress('2001:db8:1:3::1', undefined, 0), network)
    assert.equal(clientAddress('::1', undefined, 0), '0:0:0:0::/64')
  })
})

describe('where to go after signing in', () => {
  const url = 'https://relay.example.com'

  it('keeps a path of the relay with its query', () => {
    assert.equal(safeNext('/oauth/authorize?state=a%26b&x=1', url), '/oauth/authorize?state=a%26b&x=1')
    assert.equal(safeNext(undefined, url), '/apps')
  })

  it('is no path that would be another host once it stands alone', () => {
    for (const next of ['//attacker.example', '/.//attacker.example', '/x/..//attacker.example', '/\\attacker.example'])
      assert.equal(safeNext(next, url), '/apps')
  })

  it('never leads elsewhere (random text)', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.stringMatching(/^[/\\\t\n@.:a-z]{0,12}$/))
    fc.assert(
      fc.property(text, next => {
        const found = safeNext(next, url)
        assert.equal(new URL(found, url).origin, url)
        assert.match(found, /^\/(?!\/)/)
      }),
      { numRuns: 1000 },
    )
  })
})
