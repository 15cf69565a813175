import assert from 'node:assert/strict'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import * as fc from 'fast-check'
import { createAssets } from './assets.ts'

let page: (request: Request) => Promise<Response>
const get = (path: string, init?: RequestInit) => page(new Request(`http://127.0.0.1${path}`, init))

before(async () => {
  const root = await mkdtemp(join(tmpdir(), 'assets-'))
  await mkdir(join(root, 'renderer', 'assets'), { recursive: true })
  await writeFile(join(root, 'secret'), 'SECRET')
  await writeFile(join(root, 'renderer-secret'), 'SECRET')
  await writeFile(join(root, 'renderer', 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__">')
  await writeFile(join(root, 'renderer', 'assets', 'main.js'), 'let nonce = "__CSP_NONCE__"')
  page = createAssets(join(root, 'renderer'))
})

test('the page carries the nonce of its own policy, a new one each time', async () => {
  const nonces = new Set<string>()
  for (let time = 0; time < 3; time++) {
    const response = await get('/')
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1] ?? ''
    assert.equal(await response.text(), `<meta property="csp-nonce" nonce="${nonce}"><link nonce="${nonce}">`)
    nonces.add(nonce)
  }
  assert.equal(nonces.size, 3)
})

test('the policy lets nothing in that is not ours', async () => {
  const policy = (await get('/')).headers.get('content-security-policy')?.replace(/'nonce-[^']+'/, "'nonce'")
  assert.equal(
    policy,
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce'; font-src 'self' data:; img-src 'self' data:; connect-src 'none'; " +
      "frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
  )
})

test('a script is served as one, may be kept for ever, and is not changed', async () => {
  const response = await get('/assets/main.js')
  assert.equal(response.headers.get('content-type'), 'text/javascript; charset=utf-8')
  assert.match(response.headers.get('cache-control') ?? '', /immutable/)
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(await response.text(), 'let nonce = "__CSP_NONCE__"')
})

test('the page itself is never kept', async () => {
  assert.equal((await get('/')).headers.get('cache-control'), 'no-store')
})

test('it only reads', async () => {
  assert.equal((await get('/', { method: 'POST' })).status, 405)
  assert.equal(await (await get('/', { method: 'HEAD' })).text(), '')
})

test('no path leads out of the folder', async () => {
  const part = fc.constantFrom(
    '..',
    '%2e%2e',
    '.',
    '/',
    '%2f',
    '%5c',
    '\\',
    'assets',
    'secret',
    '-secret',
    'renderer',
    '%00',
    '%',
    '//',
    '%252e',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async parts => {
      const response = await get(`/${parts.join('')}`)
      assert.doesNotMatch(await response.text(), /SECRET/)
      assert.ok([200, 404].includes(response.status))
    }),
    { numRuns: 500 },
  )
  for (const path of ['/..%2fsecret', '/%2e%2e/secret', '/assets/..%5c..%5csecret', '/../renderer-secret', '/..%2frenderer-secret'])
    assert.equal((await get(path)).status, 404, path)
})
