import type { LoopbackRedirect } from '../../core/provider.ts'

/** For providers that leave the port out of the comparison (RFC 8252 §7.3). */
export const anyPort = (host: LoopbackRedirect['host'], registered?: readonly string[]): LoopbackRedirect => ({
  host,
  path: '/callback',
  ports: [],
  ...(registered && { registered }),
})

/** For providers that compare the whole address: each of these is registered, and they are tried in turn. */
export const listedPorts = (host: LoopbackRedirect['host']): LoopbackRedirect => ({ host, path: '/callback', ports: [3118, 3119, 3120] })
