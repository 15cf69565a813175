import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'

type Paths = { authorize: string; callback: string; token: string; refusal: object }

const most = 100

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= most) break
    map.delete(oldest)
  }
}

/**
 * PKCE (RFC 7636, S256) for the services whose emulator ignores it: the challenge of an attempt is kept by its state, handed on to its
 * code, and the code is worthless without the verifier. Attempts live in memory: a restart ends them.
 */
export function enforcePkce({ authorize, callback, token, refusal }: Paths): MiddlewareHandler {
  const challengeOfState = new Map<string, string>()
  const challengeOfCode = new Map<string, string>()
  return async (c, next) => {
    if (c.req.method === 'GET' && c.req.path === authorize) {
      const { state = '', code_challenge: challenge } = c.req.query()
      if (challenge) remember(challengeOfState, state, challenge)
    }
    if (c.req.method === 'POST' && c.req.path === token) {
      const body = new URLSearchParams(await c.req.raw.clone().text())
      const code = body.get('code') ?? ''
      const challenge = challengeOfCode.get(code)
      challengeOfCode.delete(code)
      const verifier = createHash('sha256')
        .update(body.get('code_verifier') ?? '')
        .digest('base64url')
      if (challenge !== undefined && challenge !== verifier) return c.json(refusal)
    }
    await next()
    if (c.req.method === 'POST' && c.req.path === callback) {
      const target = URL.parse(c.res.headers.get('location') ?? '')
      const state = target?.searchParams.get('state') ?? ''
      const challenge = challengeOfState.get(state)
      challengeOfState.delete(state)
      if (challenge !== undefined) remember(challengeOfCode, target?.searchParams.get('code') ?? '', challenge)
    }
    return
  }
}
