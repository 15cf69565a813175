import { after } from 'node:test'
import type { Provider } from '../../core/provider.ts'
import { connectionsFor } from './connections.fixture.ts'
import { ticketsConnector } from '../../oauth/tickets.fixture.ts'

/** A process of its own that asks for a token when the one it has is long over: `fork('tokens.fixture.ts', [HOME, PROVIDER])`. */
const [home = '', provider = '{}'] = process.argv.slice(2)
const known: Provider = JSON.parse(provider)
const { connections } = await connectionsFor(
  { after },
  { home, connectors: { tickets: ticketsConnector(known) }, now: () => Date.now() + 3_600_000 },
)
await connections.accessToken({ appId: 'desk', connector: 'tickets' })
