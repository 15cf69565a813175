import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import type { Call, Connector } from '../../core/connector.ts'
import type { AppError } from '../../core/errors.ts'
import { forkNode } from '../serve/fork.ts'
import type { Child } from '../shell.ts'
import { createPractice, type Practice } from './practice.ts'

/** A practice of one app in a folder of its own, and the process behind it. */
export async function practiceFor(t: TestContext | { after(end: () => Promise<void>): void }, folder?: string) {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'plugboard-practice-')))
  const reports: AppError[] = []
  const children: Child[] = []
  const practice = createPractice({
    home,
    appRoot: appId => join(home, appId),
    report: error => reports.push(error),
    fork: entry => {
      const child = forkNode(entry, {})
      children.push(child)
      return child
    },
  })
  t.after(async () => {
    await practice.close()
    if (!folder) await rm(home, { recursive: true, force: true })
  })
  return { practice, home, reports, children }
}

export type Grant = { access_token: string; refresh_token?: string; scope: string }

/** Every hidden value of the consent page's form for one person. */
export function formFor(page: string, person: string): URLSearchParams {
  const forms = page.match(/<form[\s\S]*?<\/form>/g) ?? []
  const form = forms.find(each => each.includes(person)) ?? ''
  const decode = (value: string) => value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
  return new URLSearchParams([...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, decode(value)]))
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
export async function grantFor(practice: Practice, appId: string, connector: Connector, scopes: readonly string[], person?: string): Promise<Grant> {
  const { exchange } = await signIn(practice, appId, connector, scopes, person)
  const answer = (await (await exchange()).json()) as Grant & { authed_user?: Grant }
  return connector.provider.grantAt === 'authed_user' && answer.authed_user ? answer.authed_user : answer
}

/** What the gateway gives an action, as little of it as a test needs: token and origin are put in, nothing is retried. */
export async function callFor(practice: Practice, appId: string, connectorId: string, scopes: readonly string[], person?: string): Promise<Call & { grant: Grant }> {
  const connector = connectorOf(connectorId)
  const grant = await grantFor(practice, appId, connector, scopes, person)
  const { origins } = await practice.endpoints(appId, connector.provider)
  const boundFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const origin = origins[url.origin]
    if (!origin) throw new Error(`${url.origin} is no origin of ${connectorId}`)
    const headers = new Headers(request.headers)
    if (headers.has('authorization')) throw new Error('the SDK sent a token of its own')
    headers.set('authorization', `Bearer ${grant.access_token}`)
    const body = request.body === null ? undefined : await request.arrayBuffer()
    return fetch(origin + url.pathname + url.search, { method: request.method, headers, body, signal: request.signal })
  }
  const signal = new AbortController().signal
  const call: Call = { fetch: boundFetch, account: null, practice: true, signal }
  return { ...call, account: await connector.identity(call), grant }
}

export function connectorOf(id: string): Connector {
  const connector = connectors[id]
  if (!connector) throw new Error(`no connector ${id}`)
  return connector
}

/** Runs an action as the gateway does: input parsed, errors explained, output checked. */
export async function run(call: Call, connectorId: string, actionId: string, input: unknown): Promise<any> {
  const connector = connectorOf(connectorId)
  const action = connector.actions[actionId]
  if (!action) throw new Error(`no action ${actionId}`)
  try {
    return action.output.parse(await action.run(call, action.input.parse(input) as never))
  } catch (error) {
    throw connector.explain?.(error) ?? error
  }
}
