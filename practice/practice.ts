import { tools } from '../connectors/catalogue.ts'
import { AppError } from '../core/errors.ts'
import type { PracticePlace } from '../core/practice-place.ts'
import type { Provider } from '../core/provider.ts'
import { services, type Service } from './emulated.ts'
import { practiceClients } from './oauth-clients.ts'
import type { Origins } from './origins.ts'
import { pageOf } from './pages/addresses.ts'

/** What stands in for a provider's real endpoints. Ports may change when an account is started again: ask each time. */
export type PracticeEndpoints = {
  authorizationEndpoint: string
  tokenEndpoint: string
  revocationEndpoint?: string
  clientId: string
  clientSecret?: string
  /** Real API origin → emulator's origin. */
  origins: Record<string, string>
}

export type Practice = {
  supports(providerId: string): boolean
  /** Starts the emulator if it sleeps. Errors: `not_found` for a provider without one, `unavailable` when it does not start. */
  endpoints(appId: string, provider: Provider): Promise<PracticeEndpoints>
  /** Where an app's account is, for someone else who is to use it. Errors as of `endpoints`. */
  place(appId: string, provider: Provider): Promise<PracticePlace>
  serviceId: Origins['serviceId']
  /** The address of a page that shows what is in the account. */
  open(appId: string, connectorId: string): Promise<{ url: string }>
  close(): Promise<void>
}

const isService = (name: string): name is Service => services.some(service => service === name)

function serviceOf({ name, practice }: Provider): Service {
  const service = practice?.service
  if (service && isService(service)) return service
  throw new AppError('not_found', `There is no practice account for ${name}.`)
}

/** Practice accounts: local emulators of the services. `redirectUri`: where sign-ins return to when that is not loopback. */
export function createPractice(served: Origins, redirectUri?: string): Practice {
  const originOf = async (appId: string, provider: Provider) => served.of(appId, serviceOf(provider), redirectUri)
  return {
    supports: providerId => Object.hasOwn(practiceClients, providerId),
    endpoints: async (appId, provider) => endpointsAt(await originOf(appId, provider), provider),
    place: async (appId, provider) => ({ service: await served.serviceId(), origin: await originOf(appId, provider) }),
    serviceId: served.serviceId,
    async open(appId, connectorId) {
      const connector = tools[connectorId]
      const page = pageOf(connectorId)
      if (!connector || !page) throw new AppError('not_found', 'There is no practice account for this tool.')
      return { url: `${await originOf(appId, connector.provider)}${page}` }
    },
    close: served.close,
  }
}

/** The endpoints of a practice account that is served at `origin`. Errors: `not_found`. */
export function endpointsAt(origin: string, provider: Provider): PracticeEndpoints {
  const client = Object.entries(practiceClients).find(([id]) => id === provider.id)?.[1]
  if (!client || !provider.practice) throw new AppError('not_found', `There is no practice account for ${provider.name}.`)
  const { authorizationPath, tokenPath, revocationPath } = provider.practice
  return {
    authorizationEndpoint: origin + authorizationPath,
    tokenEndpoint: origin + tokenPath,
    ...(revocationPath && { revocationEndpoint: origin + revocationPath }),
    clientId: client.clientId,
    ...(client.clientSecret && { clientSecret: client.clientSecret }),
    origins: Object.fromEntries(provider.apiOrigins.map(real => [real, origin])),
  }
}
