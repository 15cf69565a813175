import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import slackbot from '../connectors/slack/bot.ts'
import { atDoor } from './at-door.ts'
import { callFor, run, signIn } from './practice.fixture.ts'
import { createPractice } from './practice.ts'

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-practice-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** `npm run practice` as a process. `url`: null when it ended instead. */
async function serve(t: TestContext, folder: string, port = 0) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts')], {
    env: { PATH: process.env['PATH'] ?? '', PRACTICE_DATA: folder, PRACTICE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const told = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output += text
      if (output.includes('\n')) told.resolve()
    })
  const gone = once(child, 'close').then(() => told.resolve())
  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  t.after(kill)
  await told.promise
  return { url: /Practice accounts are at (\S+)/.exec(output)?.[1] ?? null, output, kill, gone }
}

const practiceAt = (url: string | null, redirectUri?: string) => createPractice(atDoor(url ?? '', 'PLUGBOARD_PRACTICE_URL'), redirectUri)
const textsIn = async (call: Parameters<typeof run>[1]) =>
  (await run(slackbot, call, 'readMessages', { channel: '#support', limit: 100 })).map(({ text }) => text)

describe('practice accounts as a service', { concurrency: true }, () => {
  it('gives all who ask the same account of an app, and keeps it over a power cut', async t => {
    const folder = await folderFor(t)
    const service = await serve(t, folder)
    const call = await callFor(practiceAt(service.url), slackbot, { appId: 'desk' })
    const seenByAnother = await callFor(practiceAt(service.url), slackbot, { appId: 'desk' })
    await run(slackbot, call, 'postMessage', { channel: '#support', text: 'for everyone' })
    assert.ok((await textsIn(seenByAnother)).includes('for everyone'))
    const id = await practiceAt(service.url).serviceId()
    await service.kill()
    const again = practiceAt((await serve(t, folder)).url)
    assert.ok((await textsIn(await callFor(again, slackbot, { appId: 'desk' }))).includes('for everyone'))
    assert.equal(await again.serviceId(), id)
    assert.ok(!(await textsIn(await callFor(again, slackbot, { appId: 'other' }))).includes('for everyone'))
  })

  it('lets sign-ins return to the address of who asked, and to no other', async t => {
    const { url } = await serve(t, await folderFor(t))
    const returnTo = 'https://relay.example.com/oauth/callback'
    const { authorizationEndpoint, clientId } = await practiceAt(url, returnTo).endpoints('desk', slackbot.provider)
    const attempt = async (redirect: string) =>
      (await fetch(`${authorizationEndpoint}?${new URLSearchParams({ client_id: clientId, redirect_uri: redirect })}`)).status
    assert.equal(await attempt(returnTo), 200)
    assert.equal(await attempt('https://relay.example.com/other'), 400)
    assert.equal((await signIn(practiceAt(url), 'desk', slackbot, ['chat:write'])).status, 200)
  })

  it('says where two of them would use one folder or one port', async t => {
    const folder = await folderFor(t)
    const { url } = await serve(t, folder)
    const second = await serve(t, folder)
    assert.match(second.output, /Another practice service uses .* PRACTICE_DATA/)
    const third = await serve(t, await folderFor(t), Number(new URL(url ?? '').port))
    assert.match(third.output, /Port \d+ is taken .* PRACTICE_PORT/)
    assert.deepEqual([second.url, third.url], [null, null])
  })

  it('answers programs of this machine alone, and only what is an app', async t => {
    const { url } = await serve(t, await folderFor(t))
    const post = (headers: Record<string, string>, app: string) =>
      fetch(`${url}/accounts`, { method: 'POST', headers, body: JSON.stringify({ app, service: 'slack' }) })
    assert.equal((await post({ origin: 'https://evil.example' }, 'desk')).status, 403)
    assert.equal((await post({}, '../../etc')).status, 400)
    assert.throws(() => atDoor('https://practice.example.com', 'RELAY_PRACTICE_URL'), { code: 'validation' })
  })

  it('is said not to answer when something else does, or nothing', async t => {
    const other = createServer((_, response) => response.writeHead(404).end('not here')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.after(() => other.close())
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    await assert.rejects(practiceAt(url).open('desk', 'slackbot'), { code: 'unavailable', message: /npm run practice/ })
  })
})
