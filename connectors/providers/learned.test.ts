import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { apiOriginsOf } from '../../core/addresses.ts'
import type { Provider } from '../../core/provider.ts'
import { atlassian } from './atlassian.ts'
import { intercom } from './intercom.ts'
import { mailchimp } from './mailchimp.ts'

/** What a provider learns when its server answers so. */
async function learn(provider: Provider, answer: unknown, answers: Record<string, string> = {}) {
  const asked: string[] = []
  const facts = await provider.learn?.(async (url, scheme = 'Bearer') => {
    asked.push(`${scheme} ${url}`)
    return answer
  }, answers)
  return { asked, facts: facts ?? {} }
}

describe('what providers are asked after the exchange', () => {
  it('Mailchimp: the data centre, with its own word for a bearer token', async () => {
    const { asked, facts } = await learn(mailchimp, { dc: 'us6', login: { login_id: 1 } })
    assert.deepEqual(asked, ['OAuth https://login.mailchimp.com/oauth2/metadata'])
    assert.ok(apiOriginsOf(mailchimp, facts).includes('https://us6.api.mailchimp.com'))
    for (const dc of ['evil.example/', 'us6.evil', '', null]) await assert.rejects(learn(mailchimp, { dc }))
  })

  it('Intercom: the region of the workspace', async () => {
    const origins = async (region: unknown) => apiOriginsOf(intercom, (await learn(intercom, { app: { region } })).facts)
    assert.ok((await origins('EU')).includes('https://api.eu.intercom.io'))
    assert.ok((await origins('MARS')).includes('https://api.intercom.io'))
  })

  it('Atlassian: the id of the site the user named, out of all that one consent reaches', async () => {
    const sites = [
      { id: 'c-1', url: 'https://other.atlassian.net' },
      { id: 'c-2', url: 'https://acme.atlassian.net' },
    ]
    assert.deepEqual((await learn(atlassian, sites, { site: 'acme' })).facts, { cloudId: 'c-2' })
    await assert.rejects(learn(atlassian, sites, { site: 'else' }), {
      code: 'forbidden',
      message: 'This account may not use else.atlassian.net. It may use other.atlassian.net, acme.atlassian.net.',
    })
    await assert.rejects(learn(atlassian, [], { site: 'acme' }), {
      message: 'This account may not use acme.atlassian.net. It may use no site yet.',
    })
    await assert.rejects(learn(atlassian, [{ id: '../..', url: 'https://acme.atlassian.net' }], { site: 'acme' }))
  })
})
