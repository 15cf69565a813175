import { createHash, randomBytes } from 'node:crypto'
import { desktopClient } from '../../core/contract/relay.ts'
import type { Browser } from '../relay.fixture.ts'

export const redirectUri = 'http://127.0.0.1:50123/callback'

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers }
export type Tokens = { access: string; refresh: string }

/** What a desktop sends, with everything as it must be until a test changes it. */
export function authorizationQuery(verifier: string, changes: Record<string, string | null> = {}): URLSearchParams {
  const usual = {
    response_type: 'code',
    client_id: desktopClient.id,
    redirect_uri: redirectUri,
    scope: desktopClient.scope,
    state: 'state-of-the-desktop',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    desktop_name: 'Plugboard on laptop',
  }
  const given = Object.entries({ ...usual, ...changes }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  )
  return new URLSearchParams(given)
}

export const newVerifier = (): string => randomBytes(32).toString('base64url')

/** Answers the consent page; gives where the browser was sent. */
export async function consent(browser: Browser, query: URLSearchParams, answer: 'allow' | 'deny' = 'allow'): Promise<URL> {
  await browser.get(`/oauth/authorize?${query}`)
  const { location, status } = await browser.post('/oauth/authorize', { ...Object.fromEntries(query), answer })
  if (location === null) throw new Error(`The browser stayed on the relay: ${status}`)
  return new URL(location)
}

export async function send(origin: string, path: string, fields: Record<string, string> | URLSearchParams): Promise<Answer> {
  const response = await fetch(origin + path, { method: 'POST', body: new URLSearchParams(fields) })
  const text = await response.text()
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {}, headers: response.headers }
}

export const exchange = (origin: string, code: string, verifier: string, changes: Record<string, string> = {}): Promise<Answer> =>
  send(origin, '/oauth/token', {
    grant_type: 'authorization_code',
    client_id: desktopClient.id,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
    ...changes,
  })

export const refresh = (origin: string, token: string): Promise<Answer> =>
  send(origin, '/oauth/token', { grant_type: 'refresh_token', client_id: desktopClient.id, refresh_token: token })

export const tokensIn = ({ body }: Answer): Tokens => ({ access: String(body['access_token']), refresh: String(body['refresh_token']) })

/** A desktop that a member let in. */
export async function signInDesktop(origin: string, browser: Browser, name = 'Plugboard on laptop'): Promise<Tokens> {
  const verifier = newVerifier()
  const url = await consent(browser, authorizationQuery(verifier, { desktop_name: name }))
  return tokensIn(await exchange(origin, url.searchParams.get('code') ?? '', verifier))
}

/** The status that the relay answers an access token with: 200 or 401. */
export const statusOf = async (origin: string, access: string): Promise<number> =>
  (await fetch(`${origin}/api/relay/me`, { headers: { authorization: `Bearer ${access}` } })).status
