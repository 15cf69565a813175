import { z } from 'zod'
import { action, connector, type Connector } from '../core/connector.ts'
import { AppError } from '../core/errors.ts'
import type { Provider } from '../core/provider.ts'

/** A tool whose provider is the test's own authorization server. */
export const ticketsConnector = (provider: Provider): Connector =>
  connector({
    id: 'tickets',
    name: 'Tickets',
    provider,
    category: 'Support',
    summary: 'A tool of the tests.',
    icon: 'lucide:ticket',
    scopes: { openid: 'Know who you are', 'tickets:read': 'Read tickets', 'tickets:write': 'Change tickets' },
    identityScopes: ['openid'],
    async identity(call) {
      const response = await call.fetch(`${provider.issuer}/me`)
      if (!response.ok) throw new AppError('unavailable', `HTTP ${response.status}`)
      const { sub } = await response.json()
      return { id: String(sub), label: `${sub}@tickets.example` }
    },
    fields: {},
    actions: {
      whoAmI: action({
        title: 'Who I am',
        does: 'Tells whose account it is.',
        idempotent: true,
        effect: 'read',
        scopes: ['tickets:read'],
        input: z.object({}),
        output: z.object({ id: z.string() }),
        async run(call) {
          const response = await call.fetch(`${provider.issuer}/me`)
          if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status })
          const { sub } = await response.json()
          return { id: String(sub) }
        },
      }),
    },
    prompts: [],
  })
