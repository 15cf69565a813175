import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { emptyModel, type AppModel } from '../../core/app/model.ts'
import { functionConfig } from '../../core/app/function.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import { openDatabase } from '../store/database.ts'
import { sqliteEngine } from '../store/sqlite-engine.ts'
import { openStore } from '../store/store.ts'
import { entity } from '../../core/app/entity.ts'
import { createBundleCache } from './bundle-cache.ts'
import { createFunctions } from './functions.ts'
import { spawnDeno } from './sandbox/deno.ts'
import { readMessage } from './sandbox/messages.ts'
import type { ActionRequest, Caller } from '../gateway/gateway.ts'

const caller = { runId: null, stepId: null, by: { kind: 'user' as const, name: 'you' } }

/** An app with one function `f` and an entity Ticket; outside calls are answered by `callAction`. */
async function openApp(
  t: TestContext,
  source: string,
  options: { config?: object; files?: Record<string, string>; callAction?: (request: ActionRequest) => Promise<never> } = {},
) {
  const root = await mkdtemp(join(tmpdir(), 'functions-'))
  for (const [path, text] of Object.entries({ 'functions/f/entry.ts': source, ...options.files })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const model: AppModel = {
    ...emptyModel('app', root, 'App'),
    functions: [{ name: 'f', file: 'functions/f/entry.ts', config: functionConfig.parse(options.config ?? {}), uses: [] }],
  }
  const database = openDatabase(join(root, 'app.db'))
  const store = openStore(sqliteEngine(database))
  await store.define([entity.parse({ name: 'Ticket', properties: { title: { type: 'string' } } })])
  const asked: ActionRequest[] = []
  const functions = createFunctions({
    root,
    model: () => model,
    bundles: createBundleCache(root),
    bridge: {
      records: store.records,
      callAction: async request => {
        asked.push(request)
        return options.callAction ? options.callAction(request) : { ok: true }
      },
    },
  })
  t.after(async () => {
    await functions.close()
    await store.close()
    database.close()
  })
  const logs: LogLine[] = []
  const run = (input: Json = null, signal?: AbortSignal, by: Caller['by'] = caller.by) =>
    functions.run('f', input, { caller: { ...caller, by }, signal, onLog: line => logs.push(line) })
  const save = (text: string, path = 'functions/f/entry.ts') => writeFile(join(root, path), text)
  return { root, run, save, functions, logs, asked, store, model }
}

const failsWith = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error))
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
  return true
}

test('a function gets its input and gives its output, with types and imports of the app', async t => {
  const { run } = await openApp(
    t,
    `import { greet } from './greet.ts'\nexport default async ({ name }: { name: string }) => ({ text: greet(name) })`,
    {
      files: { 'functions/f/greet.ts': 'export const greet = (name: string) => `Hello ${name}`' },
    },
  )
  assert.deepEqual(await run({ name: 'Ada' }), { text: 'Hello Ada' })
})

test('records and connectors are reached through the host', async t => {
  const { run, asked } = await openApp(
    t,
    `import { connectors, entities } from 'plugboard'
     export default async () => {
       const ticket = await entities.Ticket.create({ title: 'Printer' })
       await connectors.slackbot.postMessage({ channel: '#support', text: ticket.title })
       return (await entities.Ticket.list({ q: { title: 'Printer' } })).length
     }`,
  )
  assert.equal(await run(), 1)
  assert.deepEqual(
    asked.map(({ connector, action, input, caller: { by } }) => ({ connector, action, input, by })),
    [
      {
        connector: 'slackbot',
        action: 'postMessage',
        input: { channel: '#support', text: 'Printer' },
        by: { kind: 'function', name: 'f' },
      },
    ],
  )
})

test('an error of a connector can be caught, and keeps its code when it is not', async t => {
  const refuse = async () => {
    throw new AppError('needs_connection', 'Connect Slack first.', { action: { kind: 'connect', connector: 'slackbot' } })
  }
  const caught = await openApp(
    t,
    `import { connectors } from 'plugboard'
     export default () => connectors.slackbot.postMessage({}).catch(error => ({ code: error.code, message: error.message }))`,
    { callAction: refuse },
  )
  assert.deepEqual(await caught.run(), { code: 'needs_connection', message: 'Connect Slack first.' })
  const uncaught = await openApp(t, `import { connectors } from 'plugboard'\nexport default () => connectors.slackbot.postMessage({})`, {
    callAction: refuse,
  })
  await assert.rejects(uncaught.run(), (error: AppError) => error.code === 'needs_connection' && error.action?.kind === 'connect')
})

test('when a service asks to slow down, the time it names goes through the function', async t => {
  const putOff = async () => {
    throw new AppError('rate_limited', 'Slack asks to slow down.', { retryAfterMs: 4200 })
  }
  const { run } = await openApp(t, `import { connectors } from 'plugboard'\nexport default () => connectors.slackbot.postMessage({})`, {
    callAction: putOff,
  })
  await assert.rejects(run(), (error: AppError) => error.code === 'rate_limited' && error.retryAfterMs === 4200)
})

test('a failing function says what and on which line of the file', async t => {
  const { run } = await openApp(t, `export default () => {\n  const ticket: any = undefined\n  return ticket.title\n}`)
  await assert.rejects(run(), failsWith('internal', /f failed: Cannot read properties of undefined.*functions\/f\/entry\.ts:3/))
})

test('a function that does not compile names the line', async t => {
  const { run, functions } = await openApp(t, `export default () => {\n  const = 1\n}`)
  await assert.rejects(run(), failsWith('validation', /f does not compile: Expected identifier/))
  const [problem] = await functions.check('f')
  assert.deepEqual([problem?.path, problem?.line], ['functions/f/entry.ts', 2])
  assert.deepEqual(await functions.check('f', 'export default () => 1'), [])
})

test('logs come line by line while it runs', async t => {
  const { run, logs } = await openApp(t, `export default () => { console.log('one', { a: 1 }); console.warn('two') }`)
  await run()
  assert.deepEqual(
    logs.map(({ level, text }) => [level, text]),
    [
      ['info', 'one { a: 1 }'],
      ['warn', 'two'],
    ],
  )
})

const mishaps: [title: string, source: string, code: string, message: RegExp, config?: object][] = [
  ['throws a text', `export default () => { throw 'no' }`, 'internal', /threw "no", which is not an Error/],
  ['throws nothing', `export default () => { throw undefined }`, 'internal', /threw undefined, which is not an Error/],
  ['returns a cycle', `export default () => { const a = {}; a.a = a; return a }`, 'internal', /not JSON: Converting circular structure/],
  ['returns a BigInt', `export default () => ({ n: 1n })`, 'internal', /not JSON: .*BigInt/],
  ['returns a function', `export default () => () => 1`, 'internal', /not JSON: it is a function/],
  [
    'throws something that cannot be read',
    `export default () => { throw new Proxy({}, { getPrototypeOf() { throw 1 }, get() { throw 2 } }) }`,
    'internal',
    /threw something that cannot be/,
  ],
  [
    'throws a message of 5 MB',
    `export default () => { throw new Error('m'.repeat(5e6)) }`,
    'internal',
    /^f failed: m{2000} \(functions\/f\/entry\.ts:1\)$/,
  ],
  [
    'ends its process',
    `import process from 'node:process'\nexport default () => process.exit(1)`,
    'internal',
    /cannot end its own process/,
  ],
  [
    'kills its process',
    `import process from 'node:process'\nexport default () => process.kill(process.pid)`,
    'unavailable',
    /ended its own process/,
  ],
  ['returns 11 MB', `export default () => 'x'.repeat(11e6)`, 'internal', /more than 10 MB/],
  ['loops', `export default () => { for (;;); }`, 'timeout', /ran longer than 2 seconds/, { timeoutSeconds: 2 }],
  [
    'never ends its microtasks',
    `export default () => { const again = () => queueMicrotask(again); again(); return new Promise(() => {}) }`,
    'timeout',
    /ran longer/,
    { timeoutSeconds: 2 },
  ],
  ['never answers', `export default () => new Promise(() => {})`, 'timeout', /ran longer/, { timeoutSeconds: 2 }],
  [
    'fills its heap',
    `export default () => { const a = []; for (;;) a.push({ a: [1, 2, 3] }) }`,
    'unavailable',
    /more than 200 MB of memory/,
  ],
  [
    'fills buffers beside its heap',
    `export default async () => { const a = []; for (;;) { a.push(new Uint8Array(8e6).fill(1)); await null } }`,
    'unavailable',
    /more than 200 MB/,
  ],
  ['has no default export', `export const f = 1`, 'validation', /nothing is exported as default/],
  ['exports something else', `export default 1`, 'internal', /default export of its file is not a function/],
  ['fails while loading', `throw new Error('at once')\nexport default () => 1`, 'internal', /at once/],
  ['imports from the network', `import x from 'https://example.com/x.js'\nexport default () => x`, 'validation', /run without a network/],
  ['imports what is not installed', `import x from 'npm:left-pad@1'\nexport default () => x`, 'validation', /Write “left-pad” instead/],
  [
    'imports the app’s local state',
    `import x from '../../.plugboard/chat.jsonl' with { type: 'text' }\nexport default () => x`,
    'validation',
    /outside of the app/,
  ],
  [
    'imports a file outside of the app',
    `import x from '/etc/passwd' with { type: 'text' }\nexport default () => x`,
    'validation',
    /outside of the app/,
  ],
]
for (const [title, source, code, message, config] of mishaps) {
  test(`a function that ${title} ends in one clear sentence, and the next call works`, async t => {
    const { run, save } = await openApp(t, source, { config, files: { '.plugboard/chat.jsonl': '{}' } })
    await assert.rejects(run(), failsWith(code, message))
    await save('export default () => "fine"')
    assert.equal(await run(), 'fine')
  })
}

test('100 MB of logs do not hurt the host: the rest is left out and said so', async t => {
  const { run, logs } = await openApp(
    t,
    `export default () => { const line = 'x'.repeat(10_000); for (let i = 0; i < 10_000; i++) console.log(line); return 'done' }`,
  )
  assert.equal(await run(), 'done')
  assert.ok(logs.reduce((sum, { text }) => sum + text.length, 0) < 1_100_000)
  assert.match(logs.at(-1)?.text ?? '', /the rest is left out/)
})

test('cancelling ends it', async t => {
  const { run } = await openApp(t, `export default () => { for (;;); }`)
  const stop = new AbortController()
  const running = run(null, stop.signal)
  stop.abort()
  await assert.rejects(running, failsWith('cancelled', /cancelled/))
})

test('calls of one function run side by side and keep their own answers and logs', async t => {
  const { functions } = await openApp(
    t,
    `import { entities } from 'plugboard'\nexport default async ({ n }) => { await entities.Ticket.count(); console.log(n); return n }`,
  )
  const logs: string[][] = []
  const outputs = await Promise.all(
    Array.from({ length: 50 }, (_, n) => {
      const own: string[] = []
      logs.push(own)
      return functions.run('f', { n }, { caller, onLog: ({ text }) => own.push(text) })
    }),
  )
  assert.deepEqual(
    outputs,
    Array.from({ length: 50 }, (_, n) => n),
  )
  assert.deepEqual(
    logs,
    Array.from({ length: 50 }, (_, n) => [String(n)]),
  )
})

test('a rejected promise that nobody waited for is logged and breaks nothing', async t => {
  const { run, logs } = await openApp(
    t,
    `export default async () => { void Promise.reject(new Error('later')); await new Promise(r => setTimeout(r, 20)); return 1 }`,
  )
  assert.equal(await run(), 1)
  assert.match(logs[0]?.text ?? '', /nobody waited for it/)
})

test('an error that nobody catches in a timer is logged and breaks nothing', async t => {
  const { run, logs } = await openApp(
    t,
    `export default async () => { setTimeout(() => { throw new Error('in a timer') }, 1); await new Promise(r => setTimeout(r, 20)); return 1 }`,
  )
  assert.equal(await run(), 1)
  assert.match(logs[0]?.text ?? '', /nobody caught it: Error: in a timer/)
})

test('what is logged before a loop arrives while it loops', async t => {
  const { functions } = await openApp(t, `export default () => { console.log('before'); for (;;); }`)
  const stop = new AbortController()
  const logs: string[] = []
  const onLog = ({ text }: LogLine) => {
    logs.push(text)
    stop.abort()
  }
  await assert.rejects(functions.run('f', null, { caller, signal: stop.signal, onLog }), failsWith('cancelled', /cancelled/))
  assert.deepEqual(logs, ['before'])
})

test('after a call that loops, the same version works for the next one', async t => {
  const { run } = await openApp(t, `export default loops => { while (loops); return 'fine' }`, { config: { timeoutSeconds: 2 } })
  await assert.rejects(run(true), failsWith('timeout', /ran longer than 2 seconds/))
  assert.equal(await run(false), 'fine')
})

for (const [title, damage] of [
  ['Object.prototype.toJSON', `Object.prototype.toJSON = () => undefined`],
  ['JSON', `JSON.stringify = () => '{'; JSON.parse = () => null`],
  ['the array and map methods', `Array.prototype.push = Map.prototype.get = Array.prototype.join = () => { throw new Error('broken') }`],
])
  test(`a function that replaces ${title} hurts itself at most`, async t => {
    const { run, save } = await openApp(t, `export default () => { ${damage}; return { a: 1 } }`, { config: { timeoutSeconds: 2 } })
    await run().catch((error: unknown) => assert.ok(error instanceof AppError))
    await save('export default () => "fine"')
    assert.equal(await run(), 'fine')
  })

test('any JSON goes in and out unchanged', async t => {
  const { run } = await openApp(t, `export default value => value`)
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async value => {
      const json = JSON.parse(JSON.stringify(value)) as Json
      assert.deepEqual(await run(json), json)
    }),
    { numRuns: 200 },
  )
})

test('a process is kept from call to call, and the next one begins anew when a file changes', async t => {
  const { run, save } = await openApp(t, `import { step } from './step.ts'\nlet n = 0\nexport default () => (n += step)`, {
    files: { 'functions/f/step.ts': 'export const step = 1' },
  })
  assert.deepEqual([await run(), await run()], [1, 2])
  await save('export const step = 10', 'functions/f/step.ts')
  assert.deepEqual([await run(), await run()], [10, 20])
})

test('a call that is ended early does not take others with it', async t => {
  const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const release = Promise.withResolvers<never>()
  let calls = 0
  const { run } = await openApp(
    t,
    `import { connectors } from 'plugboard'\nexport default name => connectors.slackbot.postMessage({}).catch(() => name)`,
    {
      callAction: () => {
        asked[calls++]?.resolve()
        return release.promise
      },
    },
  )
  const stop = new AbortController()
  const ended = run('ended', stop.signal)
  const other = run('other')
  await Promise.all(asked.map(({ promise }) => promise))
  stop.abort()
  await assert.rejects(ended, failsWith('cancelled', /cancelled/))
  release.reject(new AppError('unavailable', 'Not now.'))
  assert.equal(await other, 'other')
})

test('what a cancelled call still asks for is refused, and its outside call is ended', async t => {
  const outside = Promise.withResolvers<AbortSignal | undefined>()
  const { run } = await openApp(t, `import { connectors } from 'plugboard'\nexport default () => connectors.slackbot.postMessage({})`, {
    callAction: ({ signal }) => {
      outside.resolve(signal)
      return new Promise(() => {})
    },
  })
  const stop = new AbortController()
  const running = run(null, stop.signal)
  const signal = await outside.promise
  assert.equal(signal?.aborted, false)
  stop.abort()
  await assert.rejects(running, failsWith('cancelled', /cancelled/))
  assert.equal(signal?.aborted, true)
})

test('a flow goes on with the last good version of a broken file, a person is told what is wrong', async t => {
  const { run, save, logs } = await openApp(t, `export default () => 'good'`)
  const flow = { kind: 'flow' as const, name: 'daily' }
  assert.equal(await run(null, undefined, flow), 'good')
  await save(`export default () => {\n  oh no\n}`)
  assert.equal(await run(null, undefined, flow), 'good')
  assert.match(logs[0]?.text ?? '', /f does not compile: .* The last version that did is used/)
  await assert.rejects(run(), failsWith('validation', /does not compile/))
})

test('a function whose file is gone says so', async t => {
  const { run, root } = await openApp(t, `export default () => 1`)
  await rm(join(root, 'functions/f/entry.ts'))
  await assert.rejects(run(), failsWith('validation', /f does not compile/))
})

test('packages of the app’s folder can be used', async t => {
  const { run } = await openApp(t, `import { double } from 'tiny'\nexport default n => double(n)`, {
    files: {
      'node_modules/tiny/package.json': '{"name":"tiny","main":"index.js"}',
      'node_modules/tiny/index.js': 'exports.double = n => 2 * n',
    },
  })
  assert.equal(await run(21), 42)
})

test('a sandbox ends with the host, also when its code has more to do', async () => {
  const child = spawnDeno(200)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`)
  send({ type: 'mark', mark: '>' })
  await lines.next()
  send({ type: 'load', url: 'data:text/javascript,setInterval(() => {}, 1000); export default () => 1' })
  await lines.next()
  child.stdin.end()
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('no line can be anything but a message or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), line => {
      readMessage(line)
    }),
  )
  assert.equal(readMessage('{"type":"thrown","call":1,"error":null}'), null)
})

test('calls of several users in one process act each for their own, whatever the code claims', async t => {
  const { functions, asked, store } = await openApp(
    t,
    `export default async user => {
      const { ask } = globalThis[Symbol.for('plugboard')]
      const claimed = { user: 'eve', connection: 'eve', flow: 'x', caller: { user: 'eve', runId: null, stepId: null, by: { kind: 'user', name: 'eve' } } }
      await new Promise(resolve => setTimeout(resolve, 5))
      await ask({ kind: 'action', connector: 'calendar', action: 'list', input: { user }, ...claimed })
      await ask({ kind: 'record', entity: 'Ticket', method: 'create', args: [{ title: user }], ...claimed })
    }`,
  )
  const users = ['ada', 'bob', 'ada', 'cleo', 'bob']
  const by = { kind: 'user' as const, name: 'page' }
  await Promise.all(users.map(user => functions.run('f', user, { caller: { user, runId: null, stepId: null, by } })))
  assert.deepEqual(
    asked.map(({ caller, input }) => [caller.user, (input as { user: string }).user]).sort(),
    users.map(user => [user, user]).sort(),
  )
  for (const request of asked) assert.deepEqual([request.connection, request.caller.by.name], [undefined, 'f'])
  for (const { created_by_id: madeBy, title } of await store.records('Ticket').list()) assert.equal(madeBy, title)
})

test('who waits for a function when its app is closed is told, and none is begun after that', async t => {
  const { functions } = await openApp(t, 'export default () => new Promise(() => {})')
  const called = functions.run('f', null, { caller })
  const stopped = { code: 'cancelled', message: 'f was stopped, because its app was closed. Try again in a moment.' }
  const late = assert.rejects(called, stopped)
  await functions.close()
  await late
  await assert.rejects(functions.run('f', null, { caller }), stopped)
})
