import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ServerResponse } from 'node:http'
import { connectors } from '../../connectors/index.ts'
import { credentialOf, failure, openGateway, startProvider } from './gateway.fixture.ts'

const calls: Record<string, object> = {
  'slackbot.listChannels': {},
  'slackbot.postMessage': { channel: '#support', text: 'x' },
  'gmail.findEmails': {},
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
const jsonType = { 'content-type': 'application/json' }

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
    for (const name of names) await failOne(name)
    assert.equal((await gateway.activity({})).length, names.length)
    if (what === 'sends 100 MB') assert.ok(sentBytes < 60_000_000, `${sentBytes} bytes were read`)
  })
