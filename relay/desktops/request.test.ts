import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { authorizationQuery, newVerifier, redirectUri } from './desktop.fixture.ts'
import { readAuthorizationRequest } from './request.ts'

describe('what a desktop may ask for', () => {
  const verifier = newVerifier()
  const read = (changes: Record<string, string | null>) => readAuthorizationRequest(authorizationQuery(verifier, changes))

  it('is let in on any port of the loopback interface', () => {
    for (const host of ['127.0.0.1:1', '127.0.0.1:65535', '[::1]:8080'])
      assert.equal(read({ redirect_uri: `http://${host}/callback` }).kind, 'good', host)
  })

  it('is sent nowhere else, whatever the address looks like', () => {
    const elsewhere = [
      'https://attacker.example/callback',
      'http://attacker.example:80/callback',
      'http://localhost:5000/callback',
      'http://127.0.0.1/callback',
      'http://127.0.0.1:0/callback',
      'http://127.0.0.1:65536/callback',
      'http://127.0.0.1:5000',
      'http://127.0.0.1:5000/',
      'http://127.0.0.1:5000/callback/',
      'http://127.0.0.1:5000/callback?x=1',
      'http://127.0.0.1:5000/callback#x',
      'http://127.0.0.1:5000/callback/../x',
      'http://127.0.0.1:5000/CALLBACK',
      'http://127.0.0.1:5000@attacker.example/callback',
      'http://127.0.0.1.attacker.example:5000/callback',
      'http://127.0.0.1:5000\\@attacker.example/callback',
      'http://user@127.0.0.1:5000/callback',
      'http://2130706433:5000/callback',
      'https://127.0.0.1:5000/callback',
      'javascript://127.0.0.1:5000/callback',
      ' http://127.0.0.1:5000/callback',
      'http://127.0.0.1:5000/callback\n',
      '',
    ]
    for (const address of [...elsewhere, null]) assert.equal(read({ redirect_uri: address }).kind, 'untrusted', JSON.stringify(address))
  })

  it('is only ever answered on a loopback port with the path of desktops (random addresses)', () => {
    const parts = fc.record({
      scheme: fc.constantFrom('http', 'https', 'HTTP', 'javascript'),
      host: fc.oneof(
        fc.constantFrom('127.0.0.1', '[::1]', '127.0.0.1.', '127.1', '0.0.0.0', '[::ffff:127.0.0.1]'),
        fc.stringMatching(/^[a-z0-9.@:-]{1,12}$/),
      ),
      port: fc.oneof(
        fc.integer({ min: -1, max: 70_000 }).map(port => `:${port}`),
        fc.constantFrom('', ':', ':80:80'),
      ),
      path: fc.oneof(fc.constantFrom('/callback', '', '/', '//callback'), fc.stringMatching(/^\/[a-z./]{0,10}$/)),
      end: fc.constantFrom('', '', '?x', '#x', '@attacker.example', '\\attacker.example'),
    })
    fc.assert(
      fc.property(parts, ({ scheme, host, port, path, end }) => {
        const found = read({ redirect_uri: `${scheme}://${host}${port}${path}${end}` })
        if (found.kind === 'untrusted') return
        // What is let through must parse, and as what it looks like.
        const url = new URL(`${scheme}://${host}${port}${path}${end}`)
        assert.ok(
          ['127.0.0.1', '[::1]'].includes(url.hostname) &&
            url.pathname === '/callback' &&
            url.protocol === 'http:' &&
            url.search === '' &&
            url.hash === '',
        )
      }),
    )
  })

  it('needs a proof key by SHA-256', () => {
    const wrong: Record<string, string | null>[] = [
      { code_challenge: null },
      { code_challenge_method: null },
      { code_challenge_method: 'plain' },
      { code_challenge: verifier.slice(1) },
      { code_challenge: `${verifier}=` },
    ]
    for (const changes of wrong)
      assert.deepEqual(read(changes), { kind: 'refused', redirectUri, state: 'state-of-the-desktop', error: 'invalid_request' })
  })

  it('may not be asked for by another program, twice, or by a name that misleads', () => {
    assert.equal(read({ client_id: 'other' }).kind, 'untrusted')
    assert.equal(read({ client_id: null }).kind, 'untrusted')
    for (const [changes, error] of [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ response_type: null }, 'unsupported_response_type'],
      [{ scope: 'relay admin' }, 'invalid_scope'],
      [{ state: '' }, 'invalid_request'],
      [{ state: 'x'.repeat(513) }, 'invalid_request'],
      [{ desktop_name: '' }, 'invalid_request'],
      [{ desktop_name: 'x'.repeat(61) }, 'invalid_request'],
      [{ desktop_name: 'safe\u202Eefas' }, 'invalid_request'],
      [{ desktop_name: 'a\u0000b' }, 'invalid_request'],
    ] as const) {
      const found = read(changes)
      assert.equal(found.kind === 'refused' && found.error, error, JSON.stringify(changes))
    }
    for (const name of ['state', 'code_challenge', 'response_type']) {
      const query = authorizationQuery(verifier)
      query.append(name, 'again')
      assert.equal(readAuthorizationRequest(query).kind, 'refused', name)
    }
    for (const name of ['redirect_uri', 'client_id']) {
      const query = authorizationQuery(verifier)
      query.append(name, query.get(name) ?? '')
      assert.equal(readAuthorizationRequest(query).kind, 'untrusted', name)
    }
  })
})
