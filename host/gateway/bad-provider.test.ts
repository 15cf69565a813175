import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { connectors } from '../../connectors/index.ts'
import { credentialOf, failure, openGateway, startProvider } from './gateway.fixture.ts'

const calls: Record<string, object> = {
  'slackbot.listChannels': {},
  'slackbot.postMessage': { channel: '#support', text: 'x' },
  'gmail.findEmails': {},
  'googlecalendar.createEvent': { title: 'x', start: '2026-01-01' },
  'googledrive.createFolder': { name: 'x' },
  'googledrive.uploadFile': { name: 'x', text: 'x' },
  'googlesheets.createSpreadsheet': { name: 'x' },
  'github.listIssues': { repository: 'a/b' },
}

const chunk = Buffer.alloc(1_000_000, '[')
let sentBytes = 0
const drained = (response: ServerResponse) => {
  const ended = new AbortController()
  return Promise.race(['drain', 'close'].map(event => once(response, event, { signal: ended.signal }))).finally(() => ended.abort())
}
/** Sends without end, as fast as it is read. */
async function pour(response: ServerResponse, totalBytes: number): Promise<void> {
  for (sentBytes = 0; sentBytes < totalBytes && !response.destroyed; sentBytes += chunk.length)
    if (!response.write(chunk)) await drained(response)
  response.end()
}

const bomb = gzipSync(Buffer.alloc(100_000_000, ' '))
/** Packed pieces in a row are one packed whole (RFC 1952 §2.2): 2 GB of blanks, packed twice into some kB. */
const doubleBomb = gzipSync(Buffer.concat(Array.from({ length: 200 }, () => gzipSync(Buffer.alloc(10_000_000, ' ')))), { level: 9 })
assert.ok(doubleBomb.length < 100_000)
const jsonType = { 'content-type': 'application/json' }
const sensible = /no sensible answer|a form Plugboard does not know/

/** Where nothing may ever arrive. */
const elsewhere = createServer((request, response) => {
  strayed.push(String(request.headers.authorization))
  response.end('{}')
})
const strayed: string[] = []
before(async () => {
  elsewhere.listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
})
after(() => elsewhere.close())

/** One byte at a time, as long as anybody listens. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 100)
  response.on('close', () => clearInterval(timer))
}

const badDays: Record<string, { answer: (response: ServerResponse) => unknown; code: string; words: RegExp }> = {
  'answers with a web page': {
    answer: response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the Wi-Fi</html>'),
    code: 'unavailable',
    words: /A web page came back|no sensible answer/,
  },
  'answers 500': {
    answer: response => response.writeHead(500).end('oops'),
    code: 'unavailable',
    words: /problem right now|no sensible answer/,
  },
  'answers text that is no JSON': {
    answer: response => response.writeHead(200, jsonType).end('{"ok": tru'),
    code: 'unavailable',
    words: /no sensible answer|a form Plugboard does not know/,
  },
  'closes the line': {
    answer: response => response.socket?.destroy(),
    code: 'unavailable',
    words: /could not be reached|problem right now/,
  },
  'stops in the middle': {
    answer: response => {
      response.writeHead(200, { ...jsonType, 'content-length': '1000' }).write('{"ok":')
      setImmediate(() => response.socket?.destroy())
    },
    code: 'unavailable',
    words: /could not be reached|problem right now/,
  },
  'answers with nothing': { answer: response => response.writeHead(200, jsonType).end(), code: 'unavailable', words: sensible },
  'answers with null': { answer: response => response.writeHead(200, jsonType).end('null'), code: 'unavailable', words: sensible },
  'answers with a text': { answer: response => response.writeHead(200, jsonType).end('"hello"'), code: 'unavailable', words: sensible },
  'answers with a list of numbers': {
    answer: response => response.writeHead(200, jsonType).end('[1,2]'),
    code: 'unavailable',
    words: sensible,
  },
  'answers in another shape': {
    answer: response => response.writeHead(200, jsonType).end('{"ok":true,"messages":7,"channels":{},"id":[],"channel":1,"ts":null}'),
    code: 'unavailable',
    words: sensible,
  },
  'answers in bytes that are no text': {
    answer: response => response.writeHead(200, jsonType).end(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3])),
    code: 'unavailable',
    words: sensible,
  },
  'says it is packed and is not': {
    answer: response => response.writeHead(200, { ...jsonType, 'content-encoding': 'gzip' }).end('{"ok":true}'),
    code: 'unavailable',
    words: /could not be reached|no sensible answer|problem right now/,
  },
  'speaks no HTTP': {
    answer: response => response.socket?.end('220 mail.example ESMTP ready\r\n'),
    code: 'unavailable',
    words: /could not be reached|problem right now/,
  },
  'speaks HTTP/1.0 without an end': {
    answer: response => response.socket?.end('HTTP/1.0 200 Fine\r\ncontent-type: application/json\r\ncontent-length: banana\r\n\r\n{"ok":'),
    code: 'unavailable',
    words: /could not be reached|problem right now/,
  },
  'sends headers without end': {
    answer: response => response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n{}`),
    code: 'unavailable',
    words: /could not be reached|problem right now/,
  },
  'points to another place': {
    answer: response => response.writeHead(302, { location: originOf(elsewhere) }).end(),
    code: 'unavailable',
    words: /Check the network, then try again|no sensible answer|problem right now/,
  },
  'points to another place for good': {
    answer: response => response.writeHead(308, { location: originOf(elsewhere) }).end(),
    code: 'unavailable',
    words: /Check the network, then try again|no sensible answer|problem right now/,
  },
  'drips a byte at a time': {
    answer: response => drip(response.writeHead(200, jsonType)),
    code: 'timeout',
    words: /did not answer within 0\.5 seconds/,
  },
  'says nothing': { answer: () => {}, code: 'timeout', words: /^(Slack|Google|GitHub) did not answer within 0\.5 seconds\. Try again\.$/ },
  'never finishes': {
    answer: response => response.writeHead(200, jsonType).write('{"ok":'),
    code: 'timeout',
    words: /did not answer within 0\.5 seconds/,
  },
  'sends 100 MB': {
    answer: response => pour(response.writeHead(200, jsonType), 100_000_000),
    code: 'unavailable',
    words: /^(Slack|Google|GitHub) sent more than 25 MB/,
  },
  'announces 100 MB': {
    answer: response => pour(response.writeHead(200, { ...jsonType, 'content-length': '100000000' }), 100_000_000),
    code: 'unavailable',
    words: /sent more than 25 MB/,
  },
  'packs 100 MB into 100 kB': {
    answer: response => response.writeHead(200, { ...jsonType, 'content-encoding': 'gzip' }).end(bomb),
    code: 'unavailable',
    words: /sent more than 25 MB/,
  },
  'packs 2 GB twice into some kB': {
    answer: response => response.writeHead(200, { ...jsonType, 'content-encoding': 'gzip, gzip' }).end(doubleBomb),
    code: 'unavailable',
    words: /sent more than 25 MB/,
  },
}

function originOf(server: Server): string {
  const address = server.address()
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}/elsewhere` : ''
}

for (const [what, { answer, code, words }] of Object.entries(badDays))
  test(`a provider that ${what} is one clear sentence in every tool`, async t => {
    const provider = await startProvider(t, (_, response) => answer(response))
    const { call, gateway } = await openGateway(t, {
      connectors,
      timeoutMs: code === 'timeout' ? 500 : 20_000,
      credential: ({ connector: id }) =>
        credentialOf({
          scopesGranted: Object.keys(connectors[id]?.scopes ?? {}),
          practiceOrigins: Object.fromEntries((connectors[id]?.provider.apiOrigins ?? []).map(origin => [origin, provider.origin])),
        }),
    })
    const names = Object.keys(calls)
    const failOne = async (name: string) => {
      const error = await failure(call(name, (calls[name] ?? {}) as never))
      assert.equal(error.code, code, `${name}: ${error.message} ${error.details ?? ''} ${String(error.cause)}`)
      assert.match(error.message, words, name)
      assert.match(error.message, /^\p{Lu}[^\n]+\.$/u)
    }
    if (code === 'timeout') await Promise.all(names.map(failOne))
    else for (const name of names) await failOne(name)
    assert.equal((await gateway.activity({})).length, names.length)
    assert.deepEqual(strayed, [])
    if (what === 'sends 100 MB') assert.ok(sentBytes < 60_000_000, `${sentBytes} bytes were read`)
  })

for (const what of ['sends 100 MB', 'packs 100 MB into 100 kB', 'packs 2 GB twice into some kB'])
  test(`a provider that ${what} costs a process of its own less than 150 MB of memory`, async t => {
    const provider = await startProvider(t, (_, response) => badDays[what]?.answer(response))
    const gateway = new URL('gateway.fixture.ts', import.meta.url).href
    const script = `
      import { notesConnector, openGateway } from ${JSON.stringify(gateway)}
      const ends = []
      const t = { after: end => ends.push(end) }
      const { call } = await openGateway(t, { connectors: { notes: notesConnector(${JSON.stringify(provider.origin)}) } })
      const usedMb = () => process.resourceUsage().maxRSS / 1000
      const before = usedMb()
      const codes = []
      for (let n = 0; n < 3; n++) await call('notes.readNote').catch(error => codes.push(error.code))
      console.log(JSON.stringify({ codes, grownMb: usedMb() - before }))
      for (const end of ends) await end()`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const { codes, grownMb } = JSON.parse(stdout) as { codes: string[]; grownMb: number }
    assert.deepEqual(codes, ['unavailable', 'unavailable', 'unavailable'])
    assert.ok(grownMb < 150, `${grownMb} MB`)
    t.diagnostic(`${Math.round(grownMb)} MB`)
  })
