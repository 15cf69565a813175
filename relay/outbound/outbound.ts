import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, setGlobalDispatcher } from 'undici'
import { AppError } from '../../core/errors.ts'
import { isPublic } from './addresses.ts'

/** Where a relay's requests may go: to the internet, and to what was allowed by name. */
export type Outbound = {
  /** A `fetch` that goes nowhere else, also by a redirect. It fails with a TypeError whose cause is the `forbidden` that says why. */
  fetch: typeof fetch
  /** Lets requests for this origin through wherever its host leads: `http://127.0.0.1:5001` for a practice service. */
  allow(origin: string): void
  /** From here on every request of this process goes this way, whoever makes it: also those of libraries. */
  guardProcess(): void
  /** Ends the connections that are kept. */
  close(): Promise<void>
}

export type OutboundOptions = {
  /** Hosts that an operator allows, each with any port or with one: `gitlab.intern`, `10.0.0.7:8443`, `[fd00::1]:8443`. */
  allowedHosts?: readonly string[]
  /** Finds the addresses of a name. */
  lookup?: LookupFunction
  mayReach?: (address: string) => boolean
}

/**
 * Looks at the address that a connection is really made to, at the moment it is made: a name is resolved once, for looking and for
 * connecting. So neither odd spellings of an address nor a name that changes its meaning lead into the private network of the server.
 */
export function createOutbound({ allowedHosts = [], lookup = systemLookup, mayReach = isPublic }: OutboundOptions = {}): Outbound {
  const hosts = new Set(allowedHosts)
  const origins = new Set<string>()
  const anywhere = buildConnector({ lookup })
  const outside = buildConnector({ lookup: onlyWhere(mayReach, lookup) })

  function isAllowed({ hostname, port, protocol }: buildConnector.Options): boolean {
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname
    const { origin, port: shown } = new URL(`${protocol}//${host}:${port}`)
    return origins.has(origin) || hosts.has(host) || hosts.has(`${host}:${shown || (protocol === 'https:' ? 443 : 80)}`)
  }

  const agent = new Agent({
    connect(options, callback) {
      if (isAllowed(options)) return anywhere(options, callback)
      // A host that is an address is never looked up.
      if (isIP(options.hostname) && !mayReach(options.hostname)) return callback(privateNetwork(options.hostname), null)
      return outside(options, callback)
    },
  })

  return {
    // Node's `fetch` is this library's: it takes the dispatcher, of which its type says nothing.
    fetch: (input, init) => fetch(input, { ...init, dispatcher: agent } as RequestInit),
    allow: origin => void origins.add(new URL(origin).origin),
    guardProcess: () => setGlobalDispatcher(agent),
    close: () => agent.close(),
  }
}

/** A lookup that gives those addresses of a name that may be reached, and fails when there are none. */
function onlyWhere(mayReach: (address: string) => boolean, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) => mayReach(address))
      const [first] = addresses
      if (!first) return callback(privateNetwork(hostname), [])
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
}

const privateNetwork = (hostname: string) =>
  new AppError(
    'forbidden',
    `${hostname} leads into a private network, where this relay sends nothing. Whoever runs the relay can allow it with RELAY_ALLOW_PRIVATE_HOSTS.`,
  )
