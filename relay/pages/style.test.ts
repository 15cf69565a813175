import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startTestRelay } from '../relay.fixture.ts'

it('the pages are drawn with one sheet and the font of the desktop program, which browsers keep for good', async t => {
  const relay = await startTestRelay(t)
  const page = await relay.browser().get('/sign-in')
  const [, sheet = ''] = /rel="stylesheet" href="([^"]+)"/.exec(page.text) ?? []
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*style-src 'self'.*font-src 'self'/)
  const text = await (await fetch(relay.url + sheet)).text()
  for (const part of ['--bg:', 'main.card', '.panel', 'td.main']) assert.ok(text.includes(part), part)

  const [, font = ''] = /font-family: 'Inter';[^}]*url\('([^']+)'\)/.exec(text) ?? []
  assert.ok(page.text.includes(`rel="preload" as="font" type="font/woff2" href="${font}"`))
  for (const [path, type] of [
    [sheet, 'text/css; charset=utf-8'],
    [font, 'font/woff2'],
  ] as const) {
    const { status, headers } = await fetch(relay.url + path)
    assert.deepEqual([status, headers.get('content-type')], [200, type])
    assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
  }
  assert.equal(Buffer.from(await (await fetch(relay.url + font)).arrayBuffer()).toString('latin1', 0, 4), 'wOF2')
  assert.equal((await fetch(`${relay.url}${sheet.replace('.css', 'x.css')}`)).status, 404, 'another content has another address')
})
