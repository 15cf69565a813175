import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import { tools } from '../../connectors/catalogue.ts'
import { hostEnvironment } from '../hostlink/environment.ts'
import { forkNode } from '../serve/fork.ts'
import type { Child } from '../shell.ts'
import { services, type Service } from './emulated.ts'
import { practiceClients } from './oauth-clients.ts'
import { pageOf } from './pages/addresses.ts'
import { startAnswer, type StartRequest } from './protocol.ts'

/** What stands in for a provider's real endpoints. Ports may change when an account is started again: ask each time. */
export type PracticeEndpoints = {
  authorizationEndpoint: string
  tokenEndpoint: string
  revocationEndpoint?: string
  clientId: string
  clientSecret?: string
  redirectUri?: string
  /** Real API origin → emulator's origin. */
  origins: Record<string, string>
}

export type Practice = {
  supports(providerId: string): boolean
  /** Starts the emulator if it sleeps. Throws `not_found` for a provider without one, `unavailable` when it does not start. */
  endpoints(appId: string, provider: Provider): Promise<PracticeEndpoints>
  /** The address of a page that shows what is in the account. */
  open(appId: string, connectorId: string): Promise<{ url: string }>
  close(): Promise<void>
}

type Options = {
  home: string
  appRoot: (appId: string) => string
  report: (error: AppError) => void
  /** How a module of Node becomes a process of its own. Electron's shell passes its utility process. */
  fork?: (entry: string) => Child
}

/** A start that takes longer than this has failed. */
const patienceMs = 20_000

const isService = (name: string): name is Service => services.some(service => service === name)
const serviceOf = (provider: Provider): Service | null => {
  const name = provider.practice?.service
  return name && isService(name) ? name : null
}

/** Beside this module when it runs from source, beside the bundle when it is built. */
const entry = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'emulator.ts' : 'practice.js')

/** Practice accounts: local emulators of the services, in one process that starts with the first account that is used. */
export function createPractice({ appRoot, report, fork = path => forkNode(path, hostEnvironment(process.env)) }: Options): Practice {
  let child: Child | null = null
  let ids = 0
  let closed = false
  const waiting = new Map<number, PromiseWithResolvers<string>>()
  /** Origins of the process that runs now. */
  const origins = new Map<string, Promise<string>>()

  const stopped = (cause?: unknown) =>
    new AppError('unavailable', 'The practice account did not start. Try again.', { cause, action: { kind: 'retry' } })

  function start(): Child {
    const started = fork(entry)
    let log = ''
    started.onLog(text => (log = (log + text).slice(-4000)))
    started.onMessage(message => {
      const answer = startAnswer.safeParse(message)
      if (!answer.success) return
      const wait = waiting.get(answer.data.id)
      if ('origin' in answer.data) wait?.resolve(answer.data.origin)
      else wait?.reject(stopped(new Error(answer.data.error)))
    })
    started.onExit(() => {
      if (child !== started) return
      child = null
      origins.clear()
      for (const wait of waiting.values()) wait.reject(stopped(new Error(log)))
      // Nobody needs to act: the next use starts it again, with all that was in it.
      if (!closed) report(new AppError('internal', 'The practice process ended.', { cause: new Error(log) }))
    })
    return started
  }

  async function ask(service: Service, folder: string): Promise<string> {
    child ??= start()
    const wait = Promise.withResolvers<string>()
    const id = ++ids
    waiting.set(id, wait)
    const late = setTimeout(() => wait.reject(stopped(new Error('no answer in time'))), patienceMs)
    child.post({ id, service, folder } satisfies StartRequest)
    return wait.promise.finally(() => {
      clearTimeout(late)
      waiting.delete(id)
    })
  }

  function originOf(appId: string, service: Service): Promise<string> {
    if (closed) return Promise.reject(new AppError('cancelled', 'Plugboard is closing.'))
    const folder = join(appRoot(appId), '.plugboard', 'practice')
    const key = join(folder, service)
    let origin = origins.get(key)
    if (!origin) {
      origin = ask(service, folder)
      origins.set(key, origin)
      origin.catch(() => origins.delete(key))
    }
    return origin
  }

  return {
    supports: providerId => Object.hasOwn(practiceClients, providerId),
    async endpoints(appId, provider) {
      const service = serviceOf(provider)
      const client = Object.entries(practiceClients).find(([id]) => id === provider.id)?.[1]
      if (!service || !client || !provider.practice) throw new AppError('not_found', `There is no practice account for ${provider.name}.`)
      const origin = await originOf(appId, service)
      const { authorizationPath, tokenPath, revocationPath } = provider.practice
      return {
        authorizationEndpoint: origin + authorizationPath,
        tokenEndpoint: origin + tokenPath,
        ...(revocationPath && { revocationEndpoint: origin + revocationPath }),
        clientId: client.clientId,
        ...(client.clientSecret && { clientSecret: client.clientSecret }),
        origins: Object.fromEntries(provider.apiOrigins.map(real => [real, origin])),
      }
    },
    async open(appId, connectorId) {
      const connector = tools[connectorId]
      const service = connector && serviceOf(connector.provider)
      const page = pageOf(connectorId)
      if (!service || !page) throw new AppError('not_found', 'There is no practice account for this tool.')
      return { url: `${await originOf(appId, service)}${page}` }
    },
    async close() {
      closed = true
      const ending = child
      if (!ending) return
      const gone = new Promise<void>(resolve => ending.onExit(() => resolve()))
      ending.kill()
      await gone
    },
  }
}
