import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { apiOriginsOf, checkAnswers, fillIn } from '../../core/addresses.ts'
import { redirectUris } from '../../core/oauth-client.ts'
import type { Provider } from '../../core/provider.ts'
import { providers } from './index.ts'

const endpointsOf = (provider: Provider): string[] =>
  [
    provider.authorizationEndpoint,
    provider.tokenEndpoint,
    provider.refreshEndpoint,
    provider.deviceAuthorizationEndpoint,
    provider.revocation?.endpoint,
  ].filter(address => address !== undefined)

const placeholders = (address: string): string[] => [...address.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

/** What follows the last field in the host of an address: the part that no answer can change. */
const fixedHost = (address: string): string => /^https:\/\/(?:[^/]*\})?([^/]*)/.exec(address)?.[1] ?? ''

/** Text that tries to lead somewhere else. */
const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.domain(),
  fc.webUrl(),
  fc.ipV4(),
  fc.constantFrom(
    'evil.example#',
    'evil.example/',
    'evil.example\\',
    'a@evil.example',
    'acme.evil.example?',
    '127.0.0.1',
    'localhost',
    '[::1]',
    'acme\n.evil',
    'acme:8080',
    '.acme',
    'a..b',
    '-',
  ),
  fc.tuple(fc.string(), fc.constantFrom('.', '/', '@', ':', '#', '?', '\\', '%2f', '\n'), fc.domain()).map(parts => parts.join('')),
)

describe('what is known of providers', () => {
  for (const provider of Object.values(providers)) {
    const fieldIds = (provider.fields ?? []).map(({ id }) => id)

    it(`${provider.id}: all of its addresses are https, and complete once the fields are answered`, () => {
      for (const address of endpointsOf(provider)) {
        assert.match(address, /^https:\/\//)
        const open = placeholders(address).filter(name => !fieldIds.includes(name))
        assert.deepEqual(
          open.filter(name => !['token', 'clientId'].includes(name)),
          [],
          address,
        )
        if (address !== provider.revocation?.endpoint) assert.deepEqual(open, [], address)
      }
      const learnt = [...fieldIds, ...Object.keys(provider.learned ?? {})]
      const open = provider.apiOrigins.flatMap(placeholders).filter(name => !learnt.includes(name))
      assert.ok(open.length === 0 || provider.learn, `nothing tells ${open.join(', ')}`)
      for (const page of [provider.clientPageUrl, provider.accountPageUrl]) if (page) assert.match(page, /^https:\/\//)
    })

    it(`${provider.id}: does not contradict itself`, () => {
      assert.ok(provider.pkce || provider.secretRequired, 'a code that nothing protects')
      assert.ok(!(provider.secretRequired && provider.secretRefused))
      assert.ok(!(provider.clientAuthentication === 'none' && provider.secretRequired))
      assert.equal(provider.refreshToken === 'never', provider.rotation === 'none' && provider.id !== 'stripe')
      const { revocation } = provider
      if (revocation?.secretRequired) assert.equal(revocation.by, 'client')
      assert.ok(revocation || provider.accountPageUrl || provider.clientSetup.quirks, 'nothing says how access is taken back')
      for (const [scope, earlier] of Object.entries(provider.earlierScopes ?? {})) assert.notEqual(scope, earlier)
      assert.ok(provider.clientSetup.steps.length >= 2)
      for (const step of provider.clientSetup.steps) assert.match(step, /^[A-Z].*\.$/)
    })

    it(`complaint 5: ${provider.id}: the addresses to register are the ones that are used`, () => {
      const { host, path, ports, registered } = provider.redirect
      const uris = redirectUris(provider)
      if (provider.relayOnly) return assert.deepEqual(uris, [])
      // Without a list of ports the listener takes any, and what is registered may not name one.
      if (ports.length === 0) for (const uri of uris) assert.ok([`http://${host}${path}`, `http://${host}:*${path}`].includes(uri), uri)
      else assert.deepEqual(uris, registered ?? ports.map(port => `http://${host}:${port}${path}`))
      assert.ok(ports.length === 0 || ports.length >= 3, 'one taken port would be the end')
      return undefined
    })

    if (fieldIds.length > 0)
      it(`${provider.id}: no answer leads a browser or a code to another place`, () => {
        const check = (text: string) => {
          let facts: Record<string, string>
          try {
            facts = checkAnswers(provider, Object.fromEntries(fieldIds.map(id => [id, text])))
          } catch (error) {
            assert.ok(error instanceof Error && error.name === 'AppError')
            return
          }
          for (const address of [...endpointsOf(provider), ...apiOriginsOf(provider, facts)]) {
            const url = new URL(fillIn(address, { ...facts, token: 't', clientId: 'c' }))
            assert.equal(`${url.protocol}${url.username}${url.password}${url.port}`, 'https:')
            if (address.includes('{')) assert.ok(url.hostname.endsWith(fixedHost(address)), `${text} → ${url.href}`)
            assert.match(url.hostname, /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/)
          }
        }
        fc.assert(fc.property(hostile, check), { numRuns: 300 })
        fc.assert(fc.property(fc.domain(), check), { numRuns: 100 })
      })
  }

  it('are told apart by their ids', () => {
    for (const [id, provider] of Object.entries(providers)) assert.equal(id, provider.id)
    assert.equal(new Set(Object.values(providers)).size, Object.keys(providers).length)
  })
})

describe('the answers to a provider’s fields', () => {
  const { zendesk, gitlab, microsoft, shopify } = providers
  assert.ok(zendesk && gitlab && microsoft && shopify)

  it('may be whole addresses, and are cut down to the name in them', () => {
    assert.deepEqual(checkAnswers(zendesk, { subdomain: ' https://Acme.zendesk.com/agent/home ' }), { subdomain: 'acme' })
    assert.deepEqual(checkAnswers(shopify, { shop: 'acme' }), { shop: 'acme' })
  })

  it('may be left out where there is a usual one', () => {
    assert.deepEqual(checkAnswers(microsoft, {}), { tenant: 'common' })
    assert.deepEqual(checkAnswers(gitlab, { host: '  ' }), { host: 'gitlab.com' })
  })

  it('are refused in one sentence that says what is wanted', () => {
    assert.throws(() => checkAnswers(zendesk, {}), {
      code: 'validation',
      message: /^Zendesk needs to know: Subdomain\. The name in the address/,
    })
    assert.throws(() => checkAnswers(shopify, { shop: 'shop.acme.com' }), { message: /^“shop\.acme\.com” cannot be the shop of Shopify\./ })
    for (const host of ['localhost', '10.0.0.1', 'gitlab.internal', 'gitlab', 'gitlab.example:8443', '2130706433'])
      assert.throws(() => checkAnswers(gitlab, { host }), { code: 'validation' }, host)
  })

  it('are only those that are asked for', () => {
    assert.deepEqual(checkAnswers(zendesk, { subdomain: 'acme', instanceUrl: 'https://evil.example' }), { subdomain: 'acme' })
  })
})
