import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { os } from '@orpc/server'
import { until } from '../../core/until.fixture.ts'
import type { HostContract } from '../../core/contract/host.ts'
import { AppError } from '../../core/errors.ts'
import { connectPort } from '../../core/rpc/connect.ts'
import type { Port } from '../../core/rpc/port.ts'
import { serveOnPort } from '../../core/rpc/serve.ts'
import { forkNode } from '../../host/child.ts'
import type { Child } from '../../host/child.ts'
import { hostEnvironment } from '../../host/child-environment.ts'
import { createHostLink, type HostLinkOptions } from './hostlink.ts'

const fixture = join(import.meta.dirname, 'hostlink.fixture.ts')

function openLink(t: TestContext, options: Partial<HostLinkOptions> = {}) {
  const reported: AppError[] = []
  let lives = 0
  const link = createHostLink({
    fork: () => {
      lives++
      return forkNode(fixture, { LANG: lives === 1 ? 'first' : 'later' })
    },
    credentials: { accounts: os.handler(({ input }) => ({ slackbot: [(input as { appId: string }).appId] })) },
    report: error => reported.push(error),
    backoffMs: { first: 10, longest: 200 },
    ...options,
  })
  t.after(() => link.close())
  const kill = async () => process.kill((await link.client().health()).pid, 'SIGKILL')
  return { link, reported, kill, lives: () => lives }
}

const unavailable = (error: AppError) =>
  error.code === 'unavailable' && error.message.startsWith('The part of Plugboard that runs your apps')

test('a call reaches the host process, and the host reaches main over the same line', async t => {
  const { link } = openLink(t)
  assert.equal(link.state(), 'starting')
  assert.notEqual((await link.client().health()).pid, process.pid)
  assert.equal(link.state(), 'running')
  assert.deepEqual(await link.client().records.get({ appId: 'tickets', entity: 'Ticket', id: '1' }), { slackbot: ['tickets'] })
})

test('an error of the host arrives as it is', async t => {
  const { link } = openLink(t)
  await assert.rejects(link.client().apps.get({ appId: 'tickets' }), (error: AppError) => error.code === 'not_found')
})

test('after kill -9 the call under way fails in one sentence, and the host is back with its apps open', async t => {
  const { link, kill, reported } = openLink(t)
  const states: string[] = []
  const watching = (async () => {
    for await (const state of link.watch()) if (states.push(state) === 4) return
  })()
  await link.client().apps.open({ appId: 'tickets', path: '/apps/tickets' })
  await link.client().apps.open({ appId: 'closed', path: '/apps/closed' })
  await link.client().apps.close({ appId: 'closed' })
  const underWay = link.client().records.counts({ appId: 'tickets' })
  await Promise.all([kill(), assert.rejects(underWay, unavailable)])

  assert.deepEqual(await link.client().apps.get({ appId: 'tickets' }), { id: 'tickets' })
  await assert.rejects(link.client().apps.get({ appId: 'closed' }), (error: AppError) => error.code === 'not_found')
  await watching
  assert.deepEqual(states, ['starting', 'running', 'restarting', 'running'])
  assert.deepEqual(reported, [])
})

test('a stream that is being read when the host dies ends with unavailable', async t => {
  const { link, kill } = openLink(t)
  const seen: unknown[] = []
  await assert.rejects(async () => {
    for await (const model of await link.client().apps.watch({ appId: 'tickets' })) {
      seen.push(model)
      void kill()
    }
  }, unavailable)
  assert.deepEqual(seen, [{ id: 'tickets' }])
})

test('leaving a quiet stream ends it in the host', async t => {
  const { link } = openLink(t)
  const leaving = new AbortController()
  const stream = await link.client().apps.watch({ appId: 'tickets' }, { signal: leaving.signal })
  await stream.next()
  const waiting = stream.next().catch(() => {})
  leaving.abort()
  await waiting
  await until(async () => {
    const page = (await link.client().records.list({ appId: 'tickets', entity: 'Ticket' })) as unknown as { left: string[] }
    return page.left.includes('tickets')
  })
})

test('a page reaches the host through the forwarding router, and leaving a quiet stream ends it there', async t => {
  const { link } = openLink(t)
  const { port1, port2 } = new MessageChannel()
  t.after(() => port1.close())
  serveOnPort(port1 as unknown as Port, link.router, error => assert.fail(error))
  const page = connectPort<HostContract>(port2 as unknown as Port)
  port1.start()
  port2.start()
  await assert.rejects(page.apps.get({ appId: 'tickets' }), (error: AppError) => error.code === 'not_found')
  for await (const model of await page.apps.watch({ appId: 'tickets' })) {
    assert.deepEqual(model, { id: 'tickets' })
    break
  }
  await until(async () => {
    const { left } = (await page.records.list({ appId: 'tickets', entity: 'Ticket' })) as unknown as { left: string[] }
    return left.includes('tickets')
  })
})

test('an app that takes the host down each time is left closed, and the others run', async t => {
  const { link, kill, reported } = openLink(t)
  await link.client().apps.open({ appId: 'good', path: '/apps/good' })
  await link.client().apps.open({ appId: 'bad', path: 'fatal' })
  await kill()
  await until(() => link.state() === 'restarting')
  assert.deepEqual(await link.client().apps.get({ appId: 'good' }), { id: 'good' })
  await assert.rejects(link.client().apps.get({ appId: 'bad' }), (error: AppError) => error.code === 'not_found')
  assert.match(reported[0]?.message ?? '', /“bad” could not be started again/)
})

test('a host that cannot start is tried again ever more slowly, and calls say so after a while', async t => {
  const times: number[] = []
  const { link } = openLink(t, {
    fork: () => {
      times.push(performance.now())
      return forkNode('/nowhere/host.js', {})
    },
    backoffMs: { first: 40, longest: 160 },
    patienceMs: 100,
  })
  await assert.rejects(link.client().health(), unavailable)
  await until(() => times.length >= 4)
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  assert.ok((waits[0] ?? 0) >= 40 && (waits[1] ?? 0) >= 80 && (waits[2] ?? 0) >= 160, waits.join(' '))
})

test('a caller that gives up while the host is starting is let go', async t => {
  const { link } = openLink(t)
  const leaving = new AbortController()
  const call = link.client().health({}, { signal: leaving.signal })
  leaving.abort()
  await assert.rejects(call, (error: AppError) => error.code === 'cancelled')
})

test('closing ends the process and lets no call through', async t => {
  const children: Child[] = []
  const { link, lives } = openLink(t, {
    fork: () => {
      const child = forkNode(fixture, {})
      children.push(child)
      return child
    },
  })
  const { pid } = await link.client().health()
  await link.close()
  assert.throws(() => process.kill(pid, 0), /ESRCH/)
  await assert.rejects(link.client().health(), (error: AppError) => error.code === 'unavailable')
  assert.equal(children.length, 1)
  assert.equal(lives(), 0)
})

test('what the host writes to its log is heard', async t => {
  const heard = Promise.withResolvers<string>()
  const { link } = openLink(t, { log: heard.resolve })
  await link.client().flows.list({ appId: 'tickets' })
  assert.equal(await heard.promise, 'a line of the log\n')
})

test('the host sees the time zone and nothing of the terminal it was started from', () => {
  const environment = { TZ: 'Asia/Tokyo', HOME: '/home/me', PATH: '/bin', PLUGBOARD_HOME: '/x', GITHUB_TOKEN: 's', LD_PRELOAD: '/lib/x.so' }
  assert.deepEqual(hostEnvironment(environment), { TZ: 'Asia/Tokyo' })
})

test('a moved clock moves for the host too', () => {
  const environment = { LD_PRELOAD: '/usr/lib/faketime/libfaketime.so.1', FAKETIME: '+1d', SECRET: 's' }
  assert.deepEqual(hostEnvironment(environment), { LD_PRELOAD: environment.LD_PRELOAD, FAKETIME: '+1d' })
})

test('a child process gets exactly the environment it is given', async t => {
  const { link } = openLink(t)
  const { env } = (await link.client().records.list({ appId: 'tickets', entity: 'Ticket' })) as unknown as { env: Record<string, string> }
  assert.deepEqual(
    Object.keys(env).filter(name => !name.startsWith('NODE_CHANNEL')),
    ['LANG'],
  )
})
