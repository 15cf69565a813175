import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { forkNode, type Child } from '../host/child.ts'
import { hostEnvironment } from '../host/child-environment.ts'
import type { Service } from './emulated.ts'
import type { Origins } from './origins.ts'
import { startAnswer, type StartRequest } from './protocol.ts'

export type OwnProcessOptions = {
  /** Where the accounts of an app are kept. */
  folderOf(appId: string): string
  report(error: AppError): void
  /** How a module of Node becomes a process of its own. Electron's shell passes its utility process. */
  fork?: (entry: string) => Child
}

/** A start that takes longer than this has failed. */
const patienceMs = 20_000

/** Beside this module when it runs from source, beside the bundle when it is built. */
const entry = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'emulator.ts' : 'practice.js')

/** Practice accounts in one process that starts with the first account that is used, and ends with this one. */
export function ownProcess({ folderOf, report, fork = path => forkNode(path, hostEnvironment(process.env)) }: OwnProcessOptions): Origins {
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

  async function ask(service: Service, folder: string, redirectUri: string | undefined): Promise<string> {
    child ??= start()
    const wait = Promise.withResolvers<string>()
    const id = ++ids
    waiting.set(id, wait)
    const late = setTimeout(() => wait.reject(stopped(new Error('no answer in time'))), patienceMs)
    child.post({ id, service, folder, redirectUri } satisfies StartRequest)
    return wait.promise.finally(() => {
      clearTimeout(late)
      waiting.delete(id)
    })
  }

  return {
    async of(appId, service, redirectUri) {
      if (closed) throw new AppError('cancelled', 'Plugboard is closing.')
      const folder = folderOf(appId)
      const key = JSON.stringify([folder, service, redirectUri])
      let origin = origins.get(key)
      if (!origin) {
        origin = ask(service, folder, redirectUri)
        origins.set(key, origin)
        origin.catch(() => origins.delete(key))
      }
      return origin
    },
    serviceId: async () => null,
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
