import assert from 'node:assert/strict'
import { it } from 'node:test'
import { appOn, hookedApp } from '../hooks/hooks.fixture.ts'
import { joinAs } from '../relay.fixture.ts'
import { startPublishing } from '../releases/releases.fixture.ts'

it('whoever may publish sees the web addresses of an app with their secrets, and changes those', async t => {
  const { relay, browser, access } = await startPublishing(t)
  const app = appOn(() => relay.url, access, relay.settings, 'desk')
  await app.publish(hookedApp({ any: { trigger: {} }, paid: { trigger: { source: 'stripe' } } }))
  const listed = await browser.get('/apps/desk')
  assert.match(listed.text, /<h2>Web addresses<\/h2>/)
  assert.match(listed.text, /Stripe[^]*Needs its secret/)

  const { url, secret } = await app.hook('any')
  const page = await browser.get('/apps/desk/hooks/any')
  assert.ok(page.text.includes(`<code>${url}/${secret}</code>`))
  assert.match((await browser.get('/apps/desk/hooks/any/new-secret')).text, /are refused from then on/)
  assert.match(page.text, /None has come yet/)
  assert.equal((await fetch(`${url}/a-guess`, { method: 'POST' })).status, 401)
  assert.match((await browser.get('/apps/desk/hooks/any')).text, /Refused[^]*The secret is missing or wrong\./)
  const renewed = await browser.post('/apps/desk/hooks/any', {})
  assert.equal(renewed.status, 200)
  assert.ok(!renewed.text.includes(secret ?? '') && renewed.text.includes((await app.hook('any')).secret ?? ''))

  const refused = await browser.post('/apps/desk/hooks/paid', { secret: 'too short' })
  assert.match(refused.text, /role="alert"/)
  assert.ok(!refused.text.includes('too short'))
  assert.equal((await browser.post('/apps/desk/hooks/paid', { secret: 'whsec_that-stripe-shows' })).status, 200)
  assert.equal((await app.hook('paid')).secret, 'whsec_that-stripe-shows')
  assert.match((await browser.get('/audit')).text, /Changed the secret of a web address/)

  const viewer = await joinAs(relay, browser, { email: 'viewer@example.com', role: 'viewer' })
  assert.doesNotMatch((await viewer.get('/apps/desk')).text, /Web addresses/)
  for (const path of ['/apps/desk/hooks/any', '/apps/desk/hooks/any/new-secret']) assert.equal((await viewer.get(path)).status, 403)
  assert.equal((await viewer.post('/apps/desk/hooks/any', {})).status, 403)
  assert.equal((await browser.get('/apps/desk/hooks/none')).status, 404)
  assert.equal((await relay.browser().get('/apps/desk/hooks/any')).url.pathname, '/sign-in')
})
