import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import slackbot from '../connectors/slack/bot.ts'
import slack from '../connectors/slack/user.ts'
import github from '../connectors/github/github.ts'
import gmail from '../connectors/google/gmail.ts'
import sheets from '../connectors/google/sheets.ts'
import { connectors } from '../connectors/index.ts'
import { AppError } from '../core/errors.ts'
import { forkNode } from '../host/child.ts'
import { ownProcess } from './own-process.ts'
import { callFor, grantFor, practiceFor, run, signIn } from './practice.fixture.ts'
import { createPractice } from './practice.ts'

const scopesOf = (connector: { scopes: object }) => Object.keys(connector.scopes)
const messagesIn = async (call: Parameters<typeof run>[1]) =>
  (await run(slackbot, call, 'readMessages', { channel: '#support', limit: 100 })).map(({ text }) => text)

test('every connector has a practice account', async t => {
  const { practice } = await practiceFor(t)
  for (const connector of Object.values(connectors)) {
    assert.ok(practice.supports(connector.provider.id))
    const { origins } = await practice.endpoints('app', connector.provider)
    assert.deepEqual(Object.keys(origins).sort(), [...connector.provider.apiOrigins].sort())
  }
})

for (const connector of [slackbot, slack, gmail, github]) {
  test(`${connector.id}: signing in gives the scopes that were asked for, once per code`, async t => {
    const { practice } = await practiceFor(t)
    const { page, exchange } = await signIn(practice, 'app', connector, scopesOf(connector))
    assert.match(page, /Plugboard/)
    assert.match(page, /class="badge">Practice</)
    const first = await (await exchange()).json()
    const grant = connector.provider.grantAt === 'authed_user' ? first.authed_user : first
    assert.deepEqual(grant.scope.split(/[ ,]/).sort(), scopesOf(connector).sort())
    const again = await (await exchange()).json()
    assert.ok(again.error && !again.access_token)
  })

  test(`${connector.id}: a foreign redirect address is refused on the consent page`, async t => {
    const { practice } = await practiceFor(t)
    const { authorizationEndpoint, clientId } = await practice.endpoints('app', connector.provider)
    const attempt = (redirect: string) =>
      fetch(`${authorizationEndpoint}?${new URLSearchParams({ client_id: clientId, redirect_uri: redirect })}`)
    assert.equal((await attempt('https://evil.example/callback')).status, 400)
    assert.equal((await attempt('http://127.0.0.1.evil.example/callback')).status, 400)
    assert.equal((await attempt('http://localhost:50999/callback')).status, 200)
  })
}

for (const connector of [slack, gmail, github])
  test(`${connector.id}: a code is worth nothing without its verifier`, async t => {
    const { practice } = await practiceFor(t)
    for (const verifier of ['wrong'.repeat(10), '']) {
      const { exchange } = await signIn(practice, 'app', connector, scopesOf(connector))
      const answer = await (await exchange({ code_verifier: verifier })).json()
      assert.ok(answer.error && !answer.access_token && !answer.authed_user)
    }
  })

test('a wrong client secret is refused', async t => {
  const { practice } = await practiceFor(t)
  for (const connector of [slackbot, gmail, github]) {
    const { exchange } = await signIn(practice, 'app', connector, scopesOf(connector))
    assert.ok((await (await exchange({ client_secret: 'other' })).json()).error)
  }
})

test('a power cut loses nothing that was answered: messages, tokens, spreadsheets, the port', async t => {
  const { practice, reports, cutPower } = await practiceFor(t)
  const bot = await callFor(practice, slackbot)
  const person = await callFor(practice, sheets)
  const octocat = await callFor(practice, github)
  const before = await practice.endpoints('app', slackbot.provider)
  await Promise.all(Array.from({ length: 20 }, (_, n) => run(slackbot, bot, 'postMessage', { channel: '#support', text: `message ${n}` })))
  await run(sheets, person, 'appendRow', { spreadsheet: 'Tickets', row: { n: 1 } })
  await cutPower()

  assert.deepEqual(await practice.endpoints('app', slackbot.provider), before)
  await practice.endpoints('app', sheets.provider)
  await practice.endpoints('app', github.provider)
  const texts = await messagesIn(bot)
  for (let n = 0; n < 20; n++) assert.ok(texts.includes(`message ${n}`), `message ${n}`)
  assert.equal((await run(sheets, person, 'readRows', { spreadsheet: 'Tickets' })).rows.length, 1)
  assert.ok((await run(github, octocat, 'listRepositories', {})).length > 0)
  assert.deepEqual(
    reports.map(({ message }) => message),
    ['The practice process ended.'],
  )
})

test('a refresh token is still good after a restart, and gives the same scopes', async t => {
  const { practice, cutPower } = await practiceFor(t)
  const grant = await grantFor(practice, 'app', gmail, scopesOf(gmail))
  await cutPower()
  const { tokenEndpoint, clientId, clientSecret = '' } = await practice.endpoints('app', gmail.provider)
  const refreshed = await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: grant.refresh_token ?? '',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  assert.equal((await refreshed.json()).scope, grant.scope)
})

test('an account moves to another port when its own is taken, and is told at the next call', async t => {
  const { practice, cutPower } = await practiceFor(t)
  const { origins } = await practice.endpoints('app', github.provider)
  await cutPower()
  const squatter = createServer().listen(Number(new URL(origins['https://api.github.com'] ?? '').port), '127.0.0.1')
  await once(squatter, 'listening')
  t.after(() => squatter.close())
  const moved = await practice.endpoints('app', github.provider)
  assert.notDeepEqual(moved.origins, origins)
  assert.equal((await fetch(moved.authorizationEndpoint)).status, 400)
})

test('each app has accounts of its own', async t => {
  const { practice } = await practiceFor(t)
  const [one, two] = await Promise.all(['one', 'two'].map(appId => callFor(practice, slackbot, { appId })))
  assert.ok(one && two)
  await run(slackbot, one, 'postMessage', { channel: '#support', text: 'only here' })
  assert.ok((await messagesIn(one)).includes('only here'))
  assert.ok(!(await messagesIn(two)).includes('only here'))
  const { origins } = await practice.endpoints('two', slackbot.provider)
  const stranger = await fetch(`${origins['https://slack.com']}/api/auth.test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${one.grant.access_token}` },
  })
  assert.equal((await stranger.json()).error, 'invalid_auth')
})

test('a revoked token is refused from then on', async t => {
  const { practice } = await practiceFor(t)
  for (const connector of [slackbot, gmail]) {
    const call = await callFor(practice, connector)
    const other = await callFor(practice, connector, { scopes: scopesOf(connector).slice(0, 3) })
    const { revocationEndpoint = '' } = await practice.endpoints('app', connector.provider)
    const token = call.grant.refresh_token ?? call.grant.access_token
    assert.equal((await fetch(revocationEndpoint, { method: 'POST', body: new URLSearchParams({ token }) })).status, 200)
    await assert.rejects(connector.identity(call), (error: unknown) => {
      const known = error instanceof AppError ? error : connector.explain(error)
      return known?.code === 'unauthorized'
    })
    assert.ok(await connector.identity(other), 'another grant stays')
  }
})

test('a name that was rebound to this machine, and pages of other sites, are refused', async t => {
  const { practice } = await practiceFor(t)
  const { url } = await practice.open('app', 'gmail')
  const { port } = new URL(url)
  const statusFor = async (headers: Record<string, string>) => {
    const sent = request({ host: '127.0.0.1', port, path: '/practice/gmail', headers })
    sent.end()
    const [response] = await once(sent, 'response')
    response.resume()
    return response.statusCode
  }
  assert.equal(await statusFor({ host: `127.0.0.1:${port}` }), 200)
  assert.equal(await statusFor({ host: `localhost:${port}` }), 200)
  assert.equal(await statusFor({ host: 'evil.example' }), 403)
  assert.equal(await statusFor({ host: `evil.example:${port}` }), 403)
  assert.equal(await statusFor({ host: `127.0.0.1:${port}`, origin: 'https://evil.example' }), 403)
  assert.equal(await statusFor({ host: `127.0.0.1:${port}`, origin: 'null' }), 403)
  const { origins } = await practice.endpoints('app', gmail.provider)
  const response = await fetch(`${origins['https://gmail.googleapis.com']}/gmail/v1/users/me/labels`)
  assert.equal(response.headers.get('access-control-allow-origin'), null)
})

test('each account can be looked at, is labelled, and shows what was done as plain text', async t => {
  const { practice } = await practiceFor(t)
  const evil = '<img src=x onerror=alert(1)> & "quotes"'
  const shown = '&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;'
  await run(slackbot, await callFor(practice, slackbot), 'postMessage', { channel: '#support', text: evil })
  await run(gmail, await callFor(practice, gmail), 'sendEmail', { to: 'me', subject: evil, text: evil })
  await run(sheets, await callFor(practice, sheets), 'appendRow', { spreadsheet: 'Tickets', row: { [evil]: evil } })
  await run(github, await callFor(practice, github), 'createIssue', { repository: 'robin-northwind/helpdesk', title: evil })
  for (const id of Object.keys(connectors)) {
    const { url } = await practice.open('app', id)
    const response = await fetch(url)
    const page = await response.text()
    assert.equal(response.status, 200, id)
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.match(page, /class="badge">Practice</)
    assert.ok(!page.includes('<img'))
    if (['slackbot', 'gmail', 'googlesheets', 'github'].includes(id)) assert.ok(page.includes(shown), id)
  }
})

test('an open page hears of a change', async t => {
  const { practice } = await practiceFor(t)
  const bot = await callFor(practice, slackbot)
  const { url } = await practice.open('app', 'slackbot')
  const changes = await fetch(new URL('/practice/changes', url))
  const reader = changes.body?.getReader()
  const heard = reader?.read()
  await run(slackbot, bot, 'postMessage', { channel: '#support', text: 'new' })
  assert.match(new TextDecoder().decode((await heard)?.value), /^data:/)
  await reader?.cancel()
})

test('a damaged state file is set aside and the account begins anew', async t => {
  const { practice, home, cutPower } = await practiceFor(t)
  await practice.endpoints('app', slackbot.provider)
  await cutPower()
  const folder = join(home, 'app', '.plugboard', 'practice')
  await writeFile(join(folder, 'slack.json'), '{"version":1,"sto')
  assert.ok((await messagesIn(await callFor(practice, slackbot))).length > 0)
  assert.equal(await readFile(join(folder, 'slack.json.damaged'), 'utf8'), '{"version":1,"sto')
})

test('nothing runs before an account is used, and closing ends the process', async t => {
  const { practice, processes, home } = await practiceFor(t)
  assert.equal(processes.length, 0)
  await Promise.all([practice.open('app', 'slackbot'), practice.open('app', 'gmail'), practice.open('other', 'github')])
  assert.equal(processes.length, 1)
  assert.deepEqual(await readdir(home).then(names => names.sort()), ['app', 'other'])
  await practice.close()
  assert.ok(processes[0]?.exitCode !== null || processes[0]?.signalCode !== null)
  await assert.rejects(practice.open('app', 'slackbot'), { code: 'cancelled' })
})

test('the process ends with the main process, however that ends', async t => {
  const { home } = await practiceFor(t)
  const script = `
    import { ownProcess } from ${JSON.stringify(new URL('own-process.ts', import.meta.url).href)}
    import { createPractice } from ${JSON.stringify(new URL('practice.ts', import.meta.url).href)}
    const practice = createPractice(ownProcess({ folderOf: id => ${JSON.stringify(home)} + '/' + id, report() {} }))
    console.log((await practice.open('app', 'github')).url)
    setInterval(() => {}, 1000)`
  const main = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = await once(main.stdout.setEncoding('utf8'), 'data')
  const page = await fetch(String(url).trim())
  assert.equal(page.status, 200)
  // This connection closes when the practice process is gone.
  const changes = await fetch(new URL('/practice/changes', String(url).trim()))
  main.kill('SIGKILL')
  await assert.rejects(changes.text())
})

test('a tool without a practice account is refused in words', async t => {
  const { practice } = await practiceFor(t)
  assert.equal(practice.supports('notion'), false)
  await assert.rejects(practice.open('app', 'notion'), { code: 'not_found' })
})

test('a process that cannot start is one clear error, and the next try starts again', async t => {
  const { home } = await practiceFor(t)
  let tries = 0
  const practice = createPractice(
    ownProcess({
      folderOf: id => join(home, id),
      report() {},
      fork: entry => forkNode(++tries === 1 ? '/nowhere/practice.js' : entry, {}),
    }),
  )
  t.after(() => practice.close())
  await assert.rejects(practice.open('app', 'github'), { code: 'unavailable' })
  assert.match((await practice.open('app', 'github')).url, /^http:\/\/127\.0\.0\.1:\d+\/practice\/github$/)
})
