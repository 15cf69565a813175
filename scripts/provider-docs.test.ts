import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { providers } from '../connectors/providers/index.ts'
import { redirectUris } from '../core/oauth-client.ts'
import { providerDocsFolder, renderProviderDocs } from './provider-docs.ts'

const all = Object.values(providers)
const pages = renderProviderDocs(all)

describe('the pages of providers', () => {
  it('are what npm run connectors makes of the data, one for each and no other', () => {
    assert.deepEqual(readdirSync(providerDocsFolder).sort(), Object.keys(pages).sort())
    for (const [file, text] of Object.entries(pages)) assert.equal(readFileSync(join(providerDocsFolder, file), 'utf8'), text, file)
  })

  for (const provider of all)
    it(`${provider.id}: show the way to a client, and each redirect address to copy`, () => {
      const page = pages[`${provider.id}.md`] ?? ''
      for (const text of [provider.clientPageUrl, ...provider.clientSetup.steps, ...(provider.clientSetup.quirks ?? [])])
        assert.ok(page.includes(text), text)
      for (const uri of redirectUris(provider)) assert.ok(page.split('\n').includes(uri), uri)
      assert.doesNotMatch(page, /undefined|\{\w+\}/)
    })
})
