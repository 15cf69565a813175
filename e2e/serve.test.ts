/** The browser shell as it is started by hand: the built program, its one line, its end, and what it says when it cannot start. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { chromium, type Browser } from 'playwright-core'
import { chromiumOptions } from './built.ts'
import { connectTo, startServe } from './shells/serve.ts'
import { appEnvironment, endProcess } from './shells/shell.ts'

let browser: Browser
before(async () => {
  browser = await chromium.launch(chromiumOptions)
})
after(() => browser.close())

async function newHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-serve-'))
  t.after(() => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  return home
}

async function start(t: TestContext, home: string, args?: string[]): Promise<{ child: ChildProcess; address: string }> {
  const started = await startServe({ args, env: appEnvironment(home, {}) })
  t.after(() => endProcess(started.child, 'SIGKILL'))
  return started
}

const refuses = (t: TestContext, home: string, sentence: RegExp, args?: string[]) =>
  assert.rejects(
    start(t, home, args),
    (error: Error) => sentence.test(error.message.trim()) && error.message.trim().split('\n').length === 1,
  )

function connect(t: TestContext, address: string) {
  const { client, close } = connectTo(address)
  t.after(close)
  return client
}

test('the address on the terminal opens the app, and the token does not stay in it', async t => {
  const { address } = await start(t, await newHome(t))
  const page = await browser.newPage()
  await page.goto(address)
  await page.waitForFunction(() => (document.body.textContent ?? '').trim() !== '')
  assert.equal(page.url(), `${new URL(address).origin}/`)
  assert.equal(await page.evaluate(() => document.cookie), '')
  await page.close()
})

test('opening the app asks nothing but this server', async t => {
  const { address } = await start(t, await newHome(t))
  const page = await browser.newPage()
  const elsewhere: string[] = []
  page.on('request', request => {
    const { protocol, host } = new URL(request.url())
    if (protocol !== 'data:' && host !== new URL(address).host) elsewhere.push(request.url())
  })
  await page.goto(address)
  await page.waitForFunction(() => (document.body.textContent ?? '').trim() !== '')
  assert.deepEqual(elsewhere, [])
  await page.close()
})

test('when the host process is killed, it is back with another number, and the shell went on', async t => {
  const { address, child } = await start(t, await newHome(t))
  const client = connect(t, address)
  const before = await client.host.health()
  process.kill(before.pid, 'SIGKILL')
  const deadline = Date.now() + 15_000
  let pid = before.pid
  while (pid === before.pid && Date.now() < deadline)
    pid = await client.host.health().then(
      health => health.pid,
      () => before.pid,
    )
  assert.notEqual(pid, before.pid)
  assert.equal(child.exitCode, null)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends it in order, with the host and the note in the home directory`, async t => {
    const home = await newHome(t)
    const { address, child } = await start(t, home)
    const { pid } = await connect(t, address).host.health()
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [0, null])
    await assert.rejects(access(join(home, 'lock')))
    assert.throws(() => process.kill(pid, 0), /ESRCH/)
  })

test('when the shell is killed, its host ends too, and the next start finds the home free', async t => {
  const home = await newHome(t)
  const first = await start(t, home)
  const { pid } = await connect(t, first.address).host.health()
  await endProcess(first.child, 'SIGKILL')
  const second = await start(t, home)
  assert.notEqual((await connect(t, second.address).host.health()).pid, pid)
  const isAlive = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  for (const deadline = Date.now() + 10_000; isAlive() && Date.now() < deadline;) await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(isAlive(), false)
})

test('a second start on the same home names the address of the first', async t => {
  const home = await newHome(t)
  const { address } = await start(t, home)
  await assert.rejects(start(t, home), { message: `Plugboard is already running on ${home}: open ${address}, or stop it first.\n` })
})

test('a port that is taken is told', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await refuses(t, await newHome(t), new RegExp(`^Port ${port} is taken by another program\\.`), ['--port', String(port), '--no-open'])
})

test('after a refused start the home directory is free', async t => {
  const home = await newHome(t)
  await refuses(t, home, /^“x” is not a port\./, ['--port', 'x'])
  await start(t, home)
})

test('a home directory that cannot be written is told', async t => {
  // Root may write nearly everywhere; the kernel's own tree is closed to it as well.
  const closed = process.getuid?.() === 0 ? '/sys' : join(await newHome(t), 'closed')
  if (closed !== '/sys') await mkdir(closed, { mode: 0o555 })
  await refuses(t, join(closed, 'home'), /^Plugboard cannot write to .*home\. Give yourself permission there/)
})

test('a file in place of the home directory is told', async t => {
  const home = join(await newHome(t), 'file')
  await writeFile(home, '')
  await refuses(t, home, /^.*file is a file, not a folder\. Move it away/)
})
