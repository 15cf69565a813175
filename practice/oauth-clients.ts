import type { MiddlewareHandler } from 'hono'
import type { Emulated, Service } from './emulated.ts'

/** The OAuth clients that practice accounts know Plugboard by. No secret worth the name: they open nothing but emulators. */
export const practiceClients = {
  slackbot: { clientId: 'plugboard-practice', clientSecret: 'practice' },
  slack: { clientId: 'plugboard-practice-user', clientSecret: undefined },
  google: { clientId: 'plugboard-practice.apps.googleusercontent.com', clientSecret: 'practice' },
  github: { clientId: 'plugboard-practice', clientSecret: 'practice' },
} as const satisfies Record<string, { clientId: string; clientSecret: string | undefined }>

/** Where each service's consent page is, and the table of the clients it knows. */
const registered: Readonly<Record<Service, { path: string; collection: string }>> = {
  slack: { path: '/oauth/v2/authorize', collection: 'slack.oauth_apps' },
  google: { path: '/o/oauth2/v2/auth', collection: 'google.oauth_clients' },
  github: { path: '/login/oauth/authorize', collection: 'github.oauth_apps' },
}

/** Where a sign-in of a program on this machine returns to (RFC 8252 §7.3). */
export function isLoopback(uri: string): boolean {
  const url = URL.parse(uri)
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
}

/**
 * emulate compares redirect addresses with their port, while each attempt listens on another one (RFC 8252 §7.3: any port). So the
 * loopback address of an attempt is registered when it starts, and those in `allowed`; any other address stays refused.
 */
export function registerRedirects({ service, store }: Emulated, allowed: ReadonlySet<string>): MiddlewareHandler {
  const { path, collection } = registered[service]
  return async (c, next) => {
    const redirectUri = c.req.query('redirect_uri') ?? ''
    if (c.req.method === 'GET' && c.req.path === path && (isLoopback(redirectUri) || allowed.has(redirectUri))) {
      const clients = store.collection(collection)
      const client = clients.findOneBy('client_id', c.req.query('client_id'))
      if (client) clients.update(client.id, { redirect_uris: [redirectUri] })
    }
    await next()
  }
}
