import { relayInfo } from '../core/contract/relay.ts'
import { AppError } from '../core/errors.ts'
import { createRelayApp } from './app.ts'
import type { RelayConfig } from './config.ts'
import { openRelayDatabase } from './database.ts'
import { readMasterKeys } from './keys/master.ts'
import type { Log } from './log.ts'
import { createRooms, type RoomsOptions } from './rooms.ts'
import { startServer, type ServerLimits } from './server.ts'

export type Relay = {
  url: string
  /** Where the first owner sets the relay up. Null when there is one. */
  setupUrl: string | null
  /** Whether RELAY_URL leads here. False: people and desktops that use it reach something else, or nothing. */
  reachesItself(): Promise<boolean>
  /** Lets what is under way finish within the limit of the settings, then stops it: its callers are told. Does not wait for it. */
  close(): Promise<void>
}

export type RelayOptions = { config: RelayConfig; version: string; log: Log; limits?: ServerLimits; now?: () => number } & Pick<
  RoomsOptions,
  'outbound' | 'tokens' | 'hooks' | 'catalogue' | 'apps' | 'bundle'
>

/** Starts a relay in this process. Errors: `conflict`, `unavailable`, `validation`, one sentence each. */
export async function startRelay({ config, version, log, limits, now, ...more }: RelayOptions): Promise<Relay> {
  const masters = await readMasterKeys(config)
  if (masters.made)
    log.warn(`A master key was made in ${masters.made}. Back it up: without it, connections on this relay have to be connected again.`)
  if (config.databaseUrl && !config.key)
    log.warn('Set RELAY_KEY to the same key on every node: the one in the data folder is for this node alone.')
  const databases = await openRelayDatabase(config)
  try {
    const server = await startServer(config, limits)
    const url = config.url ?? `http://127.0.0.1:${server.port}`
    const ending = new AbortController()
    const rooms = await createRooms({ config, url, version, databases, masters, log, now, ...more }).catch(async (error: unknown) => {
      await server.close()
      throw error
    })
    // What the operator has named as this relay's own: its address, and who vouches for its people.
    for (const own of [config.url, config.oidc?.issuer]) if (own) rooms.outbound.allow(own)
    const app = createRelayApp(rooms, ending.signal)
    server.answer((request, env) => app.fetch(request, env))
    await rooms.apps.start()
    rooms.inbox.start()
    const token = await rooms.setup.newLink()
    return {
      url,
      setupUrl: token && `${url}/set-up?token=${token}`,
      reachesItself: () => leadsTo(url, rooms.info.publicKey.kid),
      async close() {
        ending.abort()
        const stopped = await server.drain(config.drainMs)
        if (stopped > 0) log.warn('Requests were stopped, because they took longer than RELAY_DRAIN_SECONDS.', { stopped })
        // A database that is away must not keep a relay from ending.
        for (const room of [rooms.inbox, rooms.apps, rooms.custody])
          await room.close().catch((cause: unknown) => log.report(AppError.from(cause)))
        await server.close()
        await rooms.practice.close()
        await databases.close()
      },
    }
  } catch (error) {
    await databases.close()
    throw error
  }
}

/** Asks the public address who it is: every node of this relay has the same key. */
async function leadsTo(url: string, kid: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/.well-known/plugboard-relay`, { redirect: 'error', signal: AbortSignal.timeout(5000) })
    return relayInfo.parse(await response.json()).publicKey.kid === kid
  } catch {
    // Nothing, or something that is no relay.
    return false
  }
}
