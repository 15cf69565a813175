import { join } from 'node:path'
import type { PracticeUse } from '../core/contract/relay.ts'
import { AppError } from '../core/errors.ts'
import { isOnThisMachine, type PracticePlace } from '../core/practice-place.ts'
import type { Provider } from '../core/provider.ts'
import { atDoor } from '../practice/at-door.ts'
import { ownProcess } from '../practice/own-process.ts'
import { createPractice, endpointsAt, type PracticeEndpoints } from '../practice/practice.ts'

export type RelayPracticeOptions = {
  /** The relay's public address, and where its sign-ins return to. */
  url: string
  redirectUri: string
  /** A practice service of this machine (`RELAY_PRACTICE_URL`). Null: none. */
  serviceUrl: string | null
  dataFolder: string
  /** Lets requests through to a practice account, which is where a relay sends nothing else. */
  allow(origin: string): void
  report(error: AppError): void
}

/** Practice accounts for the apps of a relay. */
export type RelayPractice = {
  /**
   * The account of an app: of the practice service, or one that this relay starts for itself. `at`: where a desktop has connected it, and
   * where it stays. Errors: `not_found` for a provider without one, `validation` on a relay that cannot use it, `unavailable`.
   */
  endpoints(appId: string, provider: Provider, at?: PracticePlace): Promise<PracticeEndpoints>
  /** Which practice accounts this relay can use, for a desktop that is about to hand some over. */
  use(): Promise<PracticeUse>
  close(): Promise<void>
}

/**
 * A practice account lives on one machine and answers to that machine alone. A relay that is for this machine alone uses those of desktops
 * here, and starts its own for people who connect theirs; one that others use needs the practice service that it is told of.
 */
export function createRelayPractice({ url, redirectUri, serviceUrl, dataFolder, allow, report }: RelayPracticeOptions): RelayPractice {
  const isLocal = isOnThisMachine(new URL(url))
  const served = serviceUrl
    ? atDoor(serviceUrl, 'RELAY_PRACTICE_URL')
    : ownProcess({ folderOf: appId => join(dataFolder, 'practice', appId), report })
  const practice = createPractice(served, redirectUri)

  if (serviceUrl) allow(serviceUrl)

  function allowed(endpoints: PracticeEndpoints): PracticeEndpoints {
    allow(endpoints.tokenEndpoint)
    return endpoints
  }

  const refused = () =>
    new AppError(
      'validation',
      'This relay cannot use practice accounts: they answer on one machine alone. Connect a real account, or ask whoever runs the relay to set RELAY_PRACTICE_URL.',
    )

  async function isServedHere({ service }: PracticePlace): Promise<boolean> {
    return service !== null && serviceUrl !== null && service === (await served.serviceId())
  }

  return {
    async endpoints(appId, provider, at) {
      // Its ports may have changed since: the service knows.
      if (at && !(await isServedHere(at))) {
        if (!isLocal) throw refused()
        return allowed(endpointsAt(at.origin, provider))
      }
      if (serviceUrl === null && !isLocal) throw refused()
      return allowed(await practice.endpoints(appId, provider))
    },
    use: async () => ({ local: isLocal, service: await served.serviceId().catch(() => null) }),
    close: practice.close,
  }
}
