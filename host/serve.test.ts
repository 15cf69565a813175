import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { makeApp } from './api/api.fixture.ts'

function serve(t: TestContext, ...words: string[]) {
  const child = spawn(process.execPath, [resolve('host/serve.ts'), ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** What it says when it ends by itself. */
async function refusal(t: TestContext, ...words: string[]): Promise<string> {
  const child = serve(t, ...words)
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  assert.equal(code, 1)
  assert.equal(said.trim().split('\n').length, 1, said)
  return said.trim()
}

test('a folder is served with one line that says where, and Ctrl-C ends it', async t => {
  const child = serve(t, await makeApp(t, 'My Tickets'))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    break
  }
  const [, address, token] =
    /^App “my-tickets” runs at (http:\/\/127\.0\.0\.1:\d+\/api\/apps\/my-tickets) with the service token (\S+)$/.exec(lines[0] ?? '') ?? []
  assert.ok(address && token, lines[0])

  const call = (path: string, authorization: string) =>
    fetch(`${address}${path}`, { method: 'POST', headers: { authorization }, body: '{"n":1}' })
  assert.deepEqual(await (await call('/functions/echo', `Bearer ${token}`)).json(), { n: 1 })
  assert.equal((await call('/functions/echo', 'Bearer guess')).status, 401)
  const unconnected = await (await call('/functions/post', `Bearer ${token}`)).json()
  assert.equal(unconnected.message, 'Connect Slack Bot in Plugboard; a headless host has no accounts of its own.')

  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
})

test('a taken port, a missing folder and odd words each end with one clear sentence', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const app = await makeApp(t)
  assert.match(await refusal(t, app, '--port', port), /^That port is taken\. Choose another one/)
  assert.match(await refusal(t, `${app}-gone`), /^There is no folder/)
  assert.match(await refusal(t), /^Name one app folder/)
  assert.match(await refusal(t, app, '--port', 'http'), /^“http” is no port/)
  assert.match(await refusal(t, app, '--prot', '1'), /npm run host/)
})
