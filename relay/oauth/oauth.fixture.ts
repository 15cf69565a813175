import { randomBytes } from 'node:crypto'
import { catalogueOf } from '../../connectors/catalogue.ts'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import type { Database } from '../../host/store/engine.ts'
import { postClient, startAuthorizationServer } from '../../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'
import { createAudit } from '../audit/audit.ts'
import { createEnvelope } from '../keys/envelope.ts'
import { keyIdOf } from '../keys/seal.ts'
import { createKeyTables } from '../keys/tables.ts'
import type { Teardown } from '../relay.fixture.ts'
import { createClients } from './clients.ts'
import { createParties, type PracticeServers } from './parties.ts'
import { createSignIns, type PurposeHandler, type SignedIn } from './sign-ins.ts'
import { createOAuthTables } from './tables.ts'

export const relayUrl = 'http://127.0.0.1:4848'

export const admin = { userId: 'u1', workspaceId: 'w1', name: 'Ada', email: 'ada@example.com', role: 'admin' } as const

/** What a tool asks that needs a secret, as those do for which a relay is needed. */
export const confidential = { clientAuthentication: 'client_secret_post', secretRequired: true } as const satisfies Partial<Provider>

const noPractice: PracticeServers = {
  endpoints: async () => {
    throw new AppError('not_found', 'There is no practice account here.')
  },
}

/** An authorization server, and a tool of it that needs a secret. */
export async function startTickets(t: Teardown, facts: Partial<Provider> = {}) {
  const server = await startAuthorizationServer(t)
  const { provider } = server.party(postClient, { ...confidential, ...facts })
  return { server, provider, catalogue: catalogueOf({ tickets: ticketsConnector(provider) }) }
}

/** The rooms of OAuth of one node. What a sign-in brings is in `came`, what it ended in otherwise in `failures`. */
export async function openOAuthNode(
  database: Database,
  {
    catalogue,
    url = relayUrl,
    now = Date.now,
    practice = noPractice,
    appUser,
  }: Pick<Awaited<ReturnType<typeof startTickets>>, 'catalogue'> & {
    url?: string
    now?: () => number
    practice?: PracticeServers
    /** Takes what users of apps bring, in place of `came`. */
    appUser?: PurposeHandler
  },
) {
  await createKeyTables(database)
  await createOAuthTables(database)
  const audit = await createAudit(database)
  const bytes = Buffer.alloc(32, 7)
  const master = { id: keyIdOf(bytes), bytes }
  const envelope = createEnvelope(database, { current: master, all: [master] })
  const providers = new Map(Object.values(catalogue.tools).map(({ provider }) => [provider.id, provider]))
  const clients = createClients({ database, envelope, audit, providers, now })
  const came: SignedIn[] = []
  const failures: AppError[] = []
  const handler = {
    finish: async (signedIn: SignedIn) => void came.push(signedIn),
    failed: async (_: unknown, error: AppError) => void failures.push(error),
  }
  const parties = createParties({ clients, practice })
  const signIns = createSignIns({
    database,
    envelope,
    catalogue,
    parties,
    url,
    purposes: { shared: handler, 'app-user': appUser ?? handler },
    now,
  })
  return { clients, parties, signIns, audit, envelope, came, failures }
}

export const wish = {
  purpose: 'shared',
  workspaceId: 'w1',
  appId: 'support',
  connector: 'tickets',
  practice: false,
  scopes: ['tickets:read'],
  payload: { hello: randomBytes(4).toString('hex') },
  returnTo: '/connections',
} as const

/** The browser that a sign-in was begun in, with the cookie that it was given. */
export function browserWith(setCookie: string, host = '127.0.0.1:4848') {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? []
  return { cookies: { [name]: value }, host, ip: '10.0.0.1' }
}
