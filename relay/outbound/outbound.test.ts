import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../core/errors.ts'
import { createOutbound, type OutboundOptions } from './outbound.ts'

type Address = { address: string; family: number }

const here = { address: '127.0.0.1', family: 4 }
const metadata = { address: '169.254.169.254', family: 4 }
/** The tests' own server stands for the internet: everything else does not. */
const onlyHere = (address: string) => address === here.address

/** A server on this machine, with how many connections it had. */
async function serve(t: TestContext, answer: RequestListener = (_, response) => response.end('hello')) {
  let connections = 0
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close')
    answer(request, response)
  })
  server.on('connection', () => connections++)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { port, origin: `http://127.0.0.1:${port}`, connections: () => connections }
}

/** A name server that gives one answer after the other, the last one for ever. */
function names(...answers: Address[][]) {
  const asked: string[] = []
  const lookup: LookupFunction = (hostname, options, callback) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(hostname)
    if (options.all) callback(null, answer)
    else callback(null, answer[0]?.address ?? '', answer[0]?.family)
  }
  return { lookup, asked }
}

function open(t: TestContext, options: OutboundOptions = {}) {
  const outbound = createOutbound(options)
  t.after(outbound.close)
  return outbound
}

const isRefused = (error: unknown) => {
  const cause = (error as Error).cause
  assert.ok(cause instanceof AppError, String(cause ?? error))
  assert.equal(cause.code, 'forbidden')
  return true
}

/** The same IPv4 address as browsers and `fetch` read it. */
const spellings: ((bytes: readonly number[]) => string)[] = [
  bytes => bytes.join('.'),
  bytes => `${bytes.join('.')}.`,
  bytes => String(bytes.reduce((sum, byte) => sum * 256 + byte, 0)),
  bytes => `0x${bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')}`,
  bytes => bytes.map(byte => `0x${byte.toString(16)}`).join('.'),
  bytes => bytes.map(byte => `0${byte.toString(8)}`).join('.'),
  bytes => `${bytes[0]}.${((bytes[1] ?? 0) * 256 + (bytes[2] ?? 0)) * 256 + (bytes[3] ?? 0)}`,
  bytes => `${bytes[0]}.${bytes[1]}.${(bytes[2] ?? 0) * 256 + (bytes[3] ?? 0)}`,
  bytes => bytes.join('.').replaceAll('1', '１'),
  bytes => `[::ffff:${bytes.join('.')}]`,
  bytes => `[64:ff9b::${bytes.join('.')}]`,
]

describe('a request of the relay', () => {
  it('does not go into a private network, however the address is spelled', async t => {
    const { lookup, asked } = names([here])
    const outbound = open(t, { lookup })
    const byte = fc.integer({ min: 0, max: 255 })
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127), byte, byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
    )
    const scheme = fc.constantFrom('http', 'https')
    await fc.assert(
      fc.asyncProperty(scheme, inside, fc.constantFrom(...spellings), async (scheme, bytes, spell) => {
        await assert.rejects(outbound.fetch(`${scheme}://${spell(bytes)}:8080/`), isRefused)
      }),
    )
    assert.deepEqual(asked, [])
  })

  it('does not go where a name leads inside, whatever the name', async t => {
    const server = await serve(t)
    for (const address of ['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00:ec2::254', 'fe80::1']) {
      const outbound = open(t, { lookup: names([{ address, family: address.includes(':') ? 6 : 4 }]).lookup })
      for (const name of ['example.com', 'localhost', 'metadata.google.internal'])
        await assert.rejects(outbound.fetch(`http://${name}:${server.port}/`), isRefused)
    }
    assert.equal(server.connections(), 0)
  })

  it('says in one sentence what was refused and who can allow it', async t => {
    const outbound = open(t, { lookup: names([metadata]).lookup })
    const failure: unknown = await outbound.fetch('http://tools.example.com/').catch((error: unknown) => error)
    assert.equal(
      ((failure as Error).cause as AppError).message,
      'tools.example.com leads into a private network, where this relay sends nothing. Whoever runs the relay can allow it with RELAY_ALLOW_PRIVATE_HOSTS.',
    )
  })

  it('is looked at where it is connected to: a name that leads elsewhere the next time is refused then', async t => {
    const server = await serve(t)
    const { lookup, asked } = names([here], [metadata], [here])
    const outbound = open(t, { lookup, mayReach: onlyHere })
    const url = `http://rebinding.example.com:${server.port}/`
    assert.equal(await (await outbound.fetch(url)).text(), 'hello')
    await assert.rejects(outbound.fetch(url), isRefused)
    assert.equal(await (await outbound.fetch(url)).text(), 'hello')
    assert.equal(asked.length, 3, 'each connection comes of one answer')
    assert.equal(server.connections(), 2)
  })

  it('uses only those addresses of a name that are outside', async t => {
    const server = await serve(t)
    const outbound = open(t, { lookup: names([metadata, { address: '::1', family: 6 }, here]).lookup, mayReach: onlyHere })
    assert.equal(await (await outbound.fetch(`http://both.example.com:${server.port}/`)).text(), 'hello')
  })

  it('follows a redirect no further than it would have gone itself', async t => {
    const inner = await serve(t)
    const targets = [
      `http://127.0.0.1:${inner.port}/`,
      `http://inside.example.com:${inner.port}/`,
      'http://169.254.169.254/latest/meta-data/',
    ]
    const outer = await serve(t, ({ url }, response) => response.writeHead(302, { location: targets[Number(url?.slice(1))] }).end())
    const lookup: LookupFunction = (hostname, options, callback) =>
      names([hostname === 'outside.example.com' ? here : metadata]).lookup(hostname, options, callback)
    const outbound = open(t, { lookup, mayReach: onlyHere, allowedHosts: [`outside.example.com:${outer.port}`] })
    const strict = open(t, { lookup, allowedHosts: [`outside.example.com:${outer.port}`] })
    for (const n of targets.keys()) await assert.rejects(strict.fetch(`http://outside.example.com:${outer.port}/${n}`), isRefused)
    for (const n of [1, 2]) await assert.rejects(outbound.fetch(`http://outside.example.com:${outer.port}/${n}`), isRefused)
    assert.equal(inner.connections(), 0)
  })

  it('goes to a private host that the operator allows, and to that port alone where one is named', async t => {
    const [one, other] = [await serve(t), await serve(t)]
    const { lookup } = names([here])
    const outbound = open(t, { lookup, allowedHosts: ['gitlab.intern', `[::ffff:7f00:1]:${one.port}`, `127.0.0.1:${one.port}`] })
    for (const { port } of [one, other]) assert.equal((await outbound.fetch(`http://gitlab.intern:${port}/`)).status, 200)
    assert.equal((await outbound.fetch(`http://127.0.0.1:${one.port}/`)).status, 200)
    assert.equal((await outbound.fetch(`http://[::ffff:127.0.0.1]:${one.port}/`)).status, 200)
    for (const url of [`http://127.0.0.1:${other.port}/`, `http://wiki.intern:${one.port}/`, `http://x.gitlab.intern:${one.port}/`])
      await assert.rejects(outbound.fetch(url), isRefused)
  })

  it('goes to an origin that was allowed while it runs, and a name that leads there does not', async t => {
    const practice = await serve(t)
    const outbound = open(t, { lookup: names([here]).lookup })
    await assert.rejects(outbound.fetch(practice.origin), isRefused)
    outbound.allow(`${practice.origin}/slack`)
    assert.equal((await outbound.fetch(practice.origin)).status, 200)
    await assert.rejects(outbound.fetch(`https://127.0.0.1:${practice.port}/`), isRefused)
    await assert.rejects(outbound.fetch(`http://rebinding.example.com:${practice.port}/`), isRefused)
  })
})
