import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { boundFetch } from '../core/bound-fetch.ts'
import type { Call, Connector } from '../core/connector.ts'
import type { AppError } from '../core/errors.ts'
import { ownProcess } from './own-process.ts'
import { createPractice, type Practice } from './practice.ts'

export { run } from '../connectors/run-action.fixture.ts'

/** Practice accounts in a folder of their own, or in one that is there already, and the processes behind them. */
export async function practiceFor(t: TestContext | { after(end: () => Promise<void>): void }, folder?: string) {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'plugboard-practice-')))
  const reports: AppError[] = []
  const processes: ChildProcess[] = []
  const served = ownProcess({
    folderOf: appId => join(home, appId, '.plugboard', 'practice'),
    report: error => reports.push(error),
    fork: entry => {
      const child = fork(entry, [], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
      processes.push(child)
      return {
        post: message => void (child.connected && child.send(message as object)),
        onMessage: listener => void child.on('message', listener),
        onExit: listener => void child.once('exit', listener),
        onLog: listener => void child.stderr?.setEncoding('utf8').on('data', listener),
        kill: () => void child.kill(),
      }
    },
  })
  const practice = createPractice(served)
  t.after(async () => {
    await practice.close()
    if (!folder) await rm(home, { recursive: true, force: true })
  })
  /** Ends the process as a power cut would. */
  const cutPower = async () => {
    const child = processes.at(-1)
    if (!child) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { practice, home, reports, processes, cutPower }
}

export type Grant = { access_token: string; refresh_token?: string; scope: string }

/** Every hidden value of the consent page's form for one person. */
export function formFor(page: string, person: string): URLSearchParams {
  const forms = page.match(/<form[\s\S]*?<\/form>/g) ?? []
  const form = forms.find(each => each.includes(person)) ?? ''
  const decode = (value: string) => value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
  return new URLSearchParams(
    [...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, decode(value)]),
  )
}

/** A person at the practice account's consent page. Returns what the tab says at the end. */
export const agreeAs = (person: string) => async (authorizationUrl: string) => {
  const page = await (await fetch(authorizationUrl)).text()
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? ''
  const answered = await fetch(new URL(action, authorizationUrl), { method: 'POST', body: formFor(page, person), redirect: 'manual' })
  return (await fetch(answered.headers.get('location') ?? '')).text()
}

/** The whole authorization code flow (RFC 6749 §4.1, PKCE), as a browser and Plugboard go through it, for one person. */
export async function signIn(practice: Practice, appId: string, connector: Connector, scopes: readonly string[], person = 'robin') {
  const { provider } = connector
  const endpoints = await practice.endpoints(appId, provider)
  const redirectUri = `http://${provider.redirect.host}:${20_000 + Math.floor(Math.random() * 20_000)}${provider.redirect.path}`
  const verifier = crypto.randomUUID() + crypto.randomUUID()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const authorizationUrl = new URL(endpoints.authorizationEndpoint)
  authorizationUrl.search = new URLSearchParams({
    response_type: 'code',
    client_id: endpoints.clientId,
    redirect_uri: redirectUri,
    state: crypto.randomUUID(),
    [provider.scopeParameter]: scopes.join(provider.scopeSeparator),
    ...(provider.pkce && { code_challenge: Buffer.from(digest).toString('base64url'), code_challenge_method: 'S256' }),
    ...provider.authorizationParameters,
  }).toString()
  const consent = await fetch(authorizationUrl)
  const page = await consent.text()
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? ''
  const answered = await fetch(new URL(action, authorizationUrl), { method: 'POST', body: formFor(page, person), redirect: 'manual' })
  const code = URL.parse(answered.headers.get('location') ?? '')?.searchParams.get('code') ?? ''

  const exchange = (changes: Record<string, string> = {}) =>
    fetch(endpoints.tokenEndpoint, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: endpoints.clientId,
        ...(endpoints.clientSecret && { client_secret: endpoints.clientSecret }),
        ...(provider.pkce && { code_verifier: verifier }),
        ...changes,
      }),
    })
  return { endpoints, page, status: consent.status, code, exchange }
}

/** Signs in and takes the grant from where the provider puts it. */
export async function grantFor(
  practice: Practice,
  appId: string,
  connector: Connector,
  scopes: readonly string[],
  person?: string,
): Promise<Grant> {
  const { exchange } = await signIn(practice, appId, connector, scopes, person)
  const answer = (await (await exchange()).json()) as Grant & { authed_user?: Grant }
  return connector.provider.grantAt === 'authed_user' && answer.authed_user ? answer.authed_user : answer
}

/** What the gateway gives an action: the connection's own fetch, and who is connected. */
export async function callFor(
  practice: Practice,
  connector: Connector,
  { appId = 'app', scopes = Object.keys(connector.scopes), person }: { appId?: string; scopes?: readonly string[]; person?: string } = {},
): Promise<Call & { grant: Grant }> {
  const { provider } = connector
  const grant = await grantFor(practice, appId, connector, scopes, person)
  const { origins: practiceOrigins } = await practice.endpoints(appId, provider)
  const bound = boundFetch({ accessToken: grant.access_token, apiOrigins: provider.apiOrigins, practiceOrigins })
  const call: Call = { fetch: bound, account: null, practice: true, facts: {}, signal: new AbortController().signal }
  return { ...call, account: await connector.identity(call), grant }
}
