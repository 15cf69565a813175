import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { providers } from '../../connectors/providers/index.ts'
import { explainWithdrawal } from '../../oauth/explain-withdrawal.ts'

/** What documentation and experience say becomes of the access: taken back whole, the token alone, or not to be done from outside. */
const expected: Readonly<Record<string, 'withdrawn' | 'stays installed' | 'may be listed' | 'by hand'>> = {
  google: 'withdrawn',
  github: 'withdrawn',
  'github-app': 'withdrawn',
  dropbox: 'withdrawn',
  asana: 'withdrawn',
  stripe: 'withdrawn',
  shopify: 'withdrawn',
  webflow: 'withdrawn',
  slack: 'stays installed',
  slackbot: 'stays installed',
  hubspot: 'stays installed',
  notion: 'stays installed',
  gitlab: 'stays installed',
  monday: 'stays installed',
  microsoft: 'by hand',
  airtable: 'by hand',
  atlassian: 'by hand',
  trello: 'by hand',
  linkedin: 'by hand',
  clickup: 'by hand',
  wrike: 'by hand',
  typeform: 'by hand',
  mailchimp: 'by hand',
  figma: 'by hand',
  intercom: 'by hand',
  box: 'may be listed',
  calendly: 'may be listed',
  discord: 'may be listed',
  linear: 'may be listed',
  salesforce: 'may be listed',
  tiktok: 'may be listed',
  todoist: 'may be listed',
  zendesk: 'may be listed',
  zoom: 'may be listed',
}

const sentences = {
  withdrawn: /^Disconnected, and .+ has withdrawn the access\.$/,
  'stays installed': /^Disconnected, and .+ has ended the access, but the app stays installed there; you can remove it .+\.$/,
  'may be listed': /^Disconnected, and .+ has ended the access\. The app may still be listed there; you can remove it .+\.$/,
  'by hand': /^Disconnected here\. .+ lets nobody withdraw the access from outside; you can end it .+\.$/,
} as const

const outcomes = { grant: 'ended', token: 'tokenOnly', unclear: 'unclear' } as const
const facts = { shop: 'acme', subdomain: 'acme', host: 'gitlab.com' }

describe('complaint 14: disconnecting', () => {
  for (const provider of Object.values(providers))
    it(`complaint 14: ${provider.id} says what became of the access, and where the rest is done`, () => {
      const withdrawal = provider.revocation ? outcomes[provider.revocation.ends] : 'impossible'
      const { message, accountPageUrl } = explainWithdrawal(provider, facts, withdrawal)
      const outcome = expected[provider.id]
      assert.ok(outcome, 'no expectation')
      assert.match(message, sentences[outcome])
      assert.equal(accountPageUrl === null, outcome === 'withdrawn' || provider.accountPageUrl === undefined)
      assert.doesNotMatch(`${message}${accountPageUrl}`, /[{}]/)
    })

  it('complaint 14: a provider that does not answer is not taken for one that agreed', () => {
    const { google, shopify } = providers
    assert.ok(google && shopify)
    assert.deepEqual(explainWithdrawal(google, {}, 'unconfirmed'), {
      message: 'Disconnected here. Google did not confirm that the access is withdrawn; you can end it on your account page.',
      accountPageUrl: 'https://myaccount.google.com/connections',
    })
    // A page whose address is not complete is no link.
    assert.deepEqual(explainWithdrawal(shopify, {}, 'unconfirmed'), {
      message: 'Disconnected here. Shopify did not confirm that the access is withdrawn; you can end it in your settings at Shopify.',
      accountPageUrl: null,
    })
  })
})
