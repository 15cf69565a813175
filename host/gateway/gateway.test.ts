import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { AppError } from '../../core/errors.ts'
import { credentialOf, failure, json, notesConnector, openGateway, startProvider, token } from './gateway.fixture.ts'

type Answer = Parameters<typeof startProvider>[1]
type Credential = Parameters<typeof openGateway>[1]['credential']

const fine: Answer = (_, response) => json(response, { id: '1', text: 'hello' })

async function openNotes(t: TestContext, answer: Answer = fine, credential?: Credential) {
  const provider = await startProvider(t, answer)
  const opened = await openGateway(t, { connectors: { notes: notesConnector(provider.origin) }, credential })
  return { ...opened, requests: provider.requests }
}

test('a call uses the default connection, adds its token and answers what the action declares', async t => {
  const { call, asked, requests } = await openNotes(t, (_, response) => json(response, { id: '1', text: 'hello', internal: 'x' }))
  assert.deepEqual(await call('notes.addNote', { text: 'hello' }), { id: '1', text: 'hello' })
  assert.deepEqual(asked, [{ appId: 'app', connector: 'notes', connection: undefined }])
  assert.deepEqual(requests, [{ method: 'POST', path: '/note', authorization: `Bearer ${token}`, body: '{"text":"hello"}' }])
})

test('a call can name a connection', async t => {
  const { call, asked, requests } = await openNotes(t, fine, ({ connection }) =>
    credentialOf(connection === 'Support' ? { connectionId: 'conn-2', accessToken: 'tok-of-support' } : {}),
  )
  await call('notes.readNote', {}, { connection: 'Support' })
  await call('notes.readNote')
  assert.deepEqual(
    asked.map(({ connection }) => connection),
    ['Support', undefined],
  )
  assert.deepEqual(
    requests.map(({ authorization }) => authorization),
    ['Bearer tok-of-support', `Bearer ${token}`],
  )
})

test('without an account the caller is told what to connect, and nothing is sent', async t => {
  const { call, requests } = await openNotes(t, fine, () => {
    throw new AppError('needs_connection', 'Connect Notes first.', { action: { kind: 'connect', connector: 'notes' } })
  })
  const error = await failure(call('notes.readNote'))
  assert.deepEqual(error.toJSON(), {
    code: 'needs_connection',
    message: 'Connect Notes first.',
    action: { kind: 'connect', connector: 'notes' },
  })
  assert.equal(requests.length, 0)
})

test('a scope that was not granted is asked for before anything is sent', async t => {
  const { call, requests } = await openNotes(t, fine, () => credentialOf({ scopesGranted: ['notes:read'] }))
  await call('notes.readNote')
  const error = await failure(call('notes.addNote', { text: 'x' }))
  assert.equal(error.code, 'needs_scopes')
  assert.match(error.message, /Change your notes/)
  assert.deepEqual(error.action, { kind: 'grant', connectionId: 'conn-1', scopes: ['notes:write'] })
  assert.equal(requests.length, 1)
})

test('input of the wrong form names the field, and no account is asked for', async t => {
  const { call, asked, requests } = await openNotes(t)
  const missing = await failure(call('notes.addNote'))
  assert.equal(missing.code, 'validation')
  assert.match(missing.message, /^Notes, Add a note: text: .+[^.]\.$/)
  const nested = await failure(call('notes.addNote', { text: 'x', author: { email: 'nobody' } }))
  assert.match(nested.message, /^Notes, Add a note: author\.email: /)
  assert.deepEqual([asked, requests], [[], []])
})

for (const name of ['nothing.readNote', 'constructor.readNote', 'notes.nothing', 'notes.toString'])
  test(`${name} does not exist, and the sentence says what does`, async t => {
    const { call } = await openNotes(t)
    const error = await failure(call(name))
    assert.equal(error.code, 'not_found')
    assert.match(error.message, /no tool called|It has: readNote, addNote, addKeyedNote, setNote/)
  })

test('an answer of another form is the provider’s fault and says so', async t => {
  const { call } = await openNotes(t, (_, response) => json(response, { id: 7 }))
  const error = await failure(call('notes.readNote'))
  assert.equal(error.code, 'unavailable')
  assert.equal(error.message, 'Notes answered “Read a note” in a form Plugboard does not know.')
  assert.match(error.details ?? '', /id: /)
})

test('a refused token is renewed once, and the call goes on with the new one', async t => {
  const { call, asked, requests } = await openNotes(
    t,
    (request, response) => (request.headers.authorization === 'Bearer new' ? fine(request, response, 0) : json(response, {}, 401)),
    ({ rejected }) => credentialOf(rejected ? { generation: 2, accessToken: 'new' } : {}),
  )
  assert.deepEqual(await call('notes.addNote', { text: 'x' }), { id: '1', text: 'hello' })
  await call('notes.addNote', { text: 'y' })
  assert.deepEqual(
    asked.map(({ rejected }) => rejected),
    [undefined, { connectionId: 'conn-1', generation: 1 }],
  )
  assert.equal(requests.length, 3)
})

test('a token that is refused again ends with “reconnect”', async t => {
  const { call, asked, requests } = await openNotes(
    t,
    (_, response) => json(response, {}, 401),
    (_, nth) => credentialOf({ generation: nth }),
  )
  const error = await failure(call('notes.addNote', { text: 'x' }))
  assert.equal(error.code, 'unauthorized')
  assert.deepEqual(error.action, { kind: 'reconnect', connectionId: 'conn-1' })
  assert.deepEqual([asked.length, requests.length], [2, 2])
})

test('callers whose token is refused at the same time share one renewal', async t => {
  const { call, asked } = await openNotes(
    t,
    (request, response) => (request.headers.authorization === 'Bearer new' ? fine(request, response, 0) : json(response, {}, 401)),
    ({ rejected }) => credentialOf(rejected ? { generation: 2, accessToken: 'new' } : {}),
  )
  await Promise.all(Array.from({ length: 8 }, () => call('notes.readNote')))
  assert.equal(asked.length, 2)
})

test('a practice connection is answered by its local stand-in', async t => {
  const local = await startProvider(t, fine)
  const { call } = await openGateway(t, {
    connectors: { notes: notesConnector('https://notes.example') },
    credential: () => credentialOf({ practiceOrigins: { 'https://notes.example': local.origin } }),
  })
  assert.deepEqual(await call('notes.readNote'), { id: '1', text: 'hello' })
  assert.equal(local.requests[0]?.path, '/note')
})

test('choices for a field come from the account; an unknown field is named', async t => {
  const { gateway } = await openNotes(t)
  assert.deepEqual(await gateway.options('notes', 'note', ''), [{ value: '1', label: 'Note' }])
  assert.match((await failure(gateway.options('notes', 'valueOf', ''))).message, /no choices called “valueOf”/)
})

test('a cancelled call ends at once', async t => {
  const arrived = Promise.withResolvers<void>()
  const { call } = await openNotes(t, () => arrived.resolve())
  const controller = new AbortController()
  const calling = failure(call('notes.readNote', {}, { signal: controller.signal }))
  await arrived.promise
  controller.abort()
  assert.equal((await calling).code, 'cancelled')
})

test('each call leaves one line: who, what, how it went, and nothing of what was said', async t => {
  const { call, gateway } = await openNotes(t, (request, response) =>
    request.method === 'POST' ? json(response, { error: 'secret-answer' }, 500) : json(response, { id: '1', text: 'secret-answer' }),
  )
  await call('notes.setNote', { text: 'secret-question' }).catch(() => {})
  await call('notes.readNote')
  await call('notes.addNote', { text: 'secret-question' }).catch(() => {})
  const [failed, ok, wrong] = await gateway.activity({})
  assert.ok(failed && ok && wrong)
  assert.deepEqual(
    { ...ok, id: '', at: '', durationMs: 0 },
    {
      id: '',
      at: '',
      durationMs: 0,
      connectionId: 'conn-1',
      connector: 'notes',
      action: 'readNote',
      status: 'ok',
      errorCode: null,
      by: { kind: 'function', name: 'postTicket' },
    },
  )
  assert.ok(ok.durationMs > 0 && Date.parse(ok.at) > 0)
  assert.deepEqual([failed.status, failed.errorCode], ['error', 'unavailable'])
  assert.doesNotMatch(JSON.stringify([failed, ok, wrong]), /secret/)
  assert.equal((await gateway.activity({ connectionId: 'conn-9' })).length, 0)
})

test('a refused call leaves a line too', async t => {
  const { call, gateway } = await openNotes(t, fine, () => credentialOf({ scopesGranted: [] }))
  await failure(call('notes.readNote'))
  const [line] = await gateway.activity({})
  assert.deepEqual([line?.errorCode, line?.connectionId], ['needs_scopes', 'conn-1'])
})

test('the newest 2,000 lines are kept', async t => {
  const { call, gateway, database } = await openNotes(t)
  database.sqlite.exec(`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500)
    insert into activity (id, at, connector, action, status, duration_ms, by_kind, by_name)
    select i, '2026-01-01T00:00:00Z', 'notes', 'readNote', 'ok', 1, 'user', 'you' from n`)
  await call('notes.readNote')
  const lines = await gateway.activity({ limit: 5000 })
  assert.equal(lines.length, 2000)
  assert.equal(lines[0]?.by.name, 'postTicket')
})

test('records are as durable after a call as before it', async t => {
  const { call, database } = await openNotes(t)
  await call('notes.readNote')
  assert.deepEqual({ ...database.sqlite.prepare('pragma synchronous').get() }, { synchronous: 2 })
})

test('a call that was made stands even when its line cannot be noted', async t => {
  const { call, database, reports } = await openNotes(t)
  database.sqlite.exec('drop table activity')
  assert.deepEqual(await call('notes.addNote', { text: 'x' }), { id: '1', text: 'hello' })
  assert.equal(reports.length, 1)
})

test('no token is left in an answer, an error, a line or the database, even when the provider repeats it', async t => {
  const { call, gateway, folder } = await openNotes(t, (request, response) => {
    const told = request.headers.authorization ?? ''
    if (request.method === 'GET') json(response, { id: '1', text: told })
    else json(response, { error: `bad token ${told}` }, request.method === 'PUT' ? 401 : 500)
  })
  const answer = await call('notes.readNote')
  const errors = [await failure(call('notes.addNote', { text: 'x' })), await failure(call('notes.setNote', { text: 'x' }))]
  for (const error of errors) assert.match(error.details ?? '', /bad token Bearer •••/)
  const files = await Promise.all((await readdir(folder)).map(file => readFile(join(folder, file), 'latin1')))
  const seen = [answer, errors.map(error => error.toJSON()), await gateway.activity({}), inspect(errors, { depth: 10 }), files].map(each =>
    JSON.stringify(each),
  )
  for (const each of seen) assert.ok(!each.includes(token), each.slice(0, 500))
})
