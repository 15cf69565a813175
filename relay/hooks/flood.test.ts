import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { it } from 'node:test'
import { sql } from 'kysely'
import { startPublishing } from '../releases/releases.fixture.ts'
import { flood } from './receive.ts'
import { appOn, hookedApp, sendSigned, withSecret } from './hooks.fixture.ts'

type Answer = { status: number; retryAfter: number | null }

/** Posts as a sender with many connections does. */
function createSender(connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const post = (url: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, response => {
        const after = response.headers['retry-after']
        response
          .resume()
          .on('end', () => resolve({ status: response.statusCode ?? 0, retryAfter: after === undefined ? null : Number(after) }))
      })
      sent.on('error', reject).end('{"n":1}')
    })
  return { post, end: () => agent.destroy() }
}

it('2,000 requests at once to 20 flows: each gets its share, the rest is told when to come back, and other apps go on', async t => {
  // A minute of the relay lasts longer than the test, however slow the machine is.
  const start = Date.now()
  const place = await startPublishing(t, { now: () => Math.floor(start + (Date.now() - start) / 20) })
  const open = (appId: string) => appOn(() => place.relay.url, place.access, place.relay.settings, appId)
  const [flooded, other] = [open('flooded'), open('other')]
  const names = Array.from({ length: 20 }, (_, n) => `hook${n}`)
  await flooded.publish(hookedApp(Object.fromEntries(names.map(name => [name, { trigger: {} }]))))
  await other.publish(hookedApp({ issue: { trigger: { source: 'github' } } }))
  const addresses = await Promise.all(names.map(async name => withSecret(await flooded.hook(name))))
  const elsewhere = await other.hook('issue')
  const sender = createSender(100)
  t.after(sender.end)

  const [favourite = '', ...rest] = addresses
  const most = Array.from({ length: 1240 }, () => sender.post(favourite))
  const spread = rest.flatMap(address => Array.from({ length: 40 }, () => sender.post(address)))
  const ofOther: number[] = []
  const done = { isSo: false }
  const all = Promise.all([Promise.all(most), Promise.all(spread)]).finally(() => (done.isSo = true))
  while (!done.isSo) {
    ofOther.push((await sendSigned(elsewhere, '{}')).status)
    ofOther.push((await fetch(`${place.relay.url}/a/other/`)).status)
  }
  const [toOne, toOthers] = await all

  const held = toOne.filter(({ status }) => status === 429)
  assert.deepEqual([toOne.length - held.length, new Set(toOne.map(({ status }) => status))], [flood.most, new Set([200, 429])])
  assert.ok(held.every(({ retryAfter }) => retryAfter !== null && retryAfter >= 1 && retryAfter <= 60))
  assert.deepEqual(new Set(toOthers.map(({ status }) => status)), new Set([200]), 'a flood of one hook costs the others nothing')
  assert.ok(ofOther.length >= 2 && ofOther.every(status => status < 400), String(ofOther))
  const [kept] = await flooded.relay(sql`select count(*) as n from hook_inbox where app_id = 'flooded'`)
  assert.equal(kept?.['n'], flood.most + toOthers.length)
  const answeredElsewhere = ofOther.length / 2
  assert.equal((await other.ended(answeredElsewhere)).length, answeredElsewhere)
})

it('senders that drip their requests hold nobody up, are cut off, and start nothing', async t => {
  const place = await startPublishing(t, { limits: { headersTimeoutMs: 200, requestTimeoutMs: 400, checkEveryMs: 20 } })
  const app = appOn(() => place.relay.url, place.access, place.relay.settings, 'desk')
  await app.publish(hookedApp({ issue: { trigger: { source: 'github' } } }))
  const hook = await app.hook('issue')
  const { pathname, port, host } = new URL(hook.url)
  const heads = [
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\nx-slow: `,
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"a":"`,
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{"a":"\r\n`,
  ]
  const slow = Array.from({ length: 60 }, (_, n) => drip(Number(port), heads[n % heads.length] ?? ''))
  t.after(() => slow.forEach(({ end }) => end()))
  for (let n = 0; n < 5; n++) assert.equal((await sendSigned(hook, `{"n":${n}}`)).status, 200)
  await Promise.all(slow.map(({ closed }) => closed))
  assert.equal((await app.ended(5)).length, 5)
})

/** A client that sends a byte now and then, for as long as it is let. */
function drip(port: number, head: string): { closed: Promise<void>; end: () => void } {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  socket.write(head)
  const timer = setInterval(() => socket.writable && socket.write(head.includes('chunked') ? '1\r\nx\r\n' : 'x'), 20)
  const end = () => {
    clearInterval(timer)
    socket.destroy()
  }
  return { closed: new Promise(resolve => socket.on('close', () => resolve(end()))), end }
}
