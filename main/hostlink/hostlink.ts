import { setTimeout as delay } from 'node:timers/promises'
import type { ContractRouterClient } from '@orpc/contract'
import type { AnyRouter, Router } from '@orpc/server'
import type { ClientLink } from '@orpc/client'
import { hostContract, type HostContract } from '../../core/contract/host.ts'
import { AppError } from '../../core/errors.ts'
import { createClient } from '../../core/rpc/connect.ts'
import { Changes } from '../../core/rpc/stream.ts'
import type { Child } from '../../host/child.ts'
import { forwardRouter } from './forward.ts'
import { startSession, stopped, type CallOptions, type Session } from './session.ts'

export type HostState = 'starting' | 'running' | 'restarting'

export type HostLink = {
  /** Calls whichever process is the host now. Waits for one that is starting; a call under way when it dies fails with `unavailable`. */
  client(): ContractRouterClient<HostContract>
  /** Answers `host.*` of the main contract by passing everything on, streams and cancellation included. */
  router: Router<HostContract, Record<never, never>>
  state(): HostState
  /** The state now and after each change. */
  watch(signal?: AbortSignal): AsyncGenerator<HostState>
  /** Ends the process and waits until it is gone. */
  close(): Promise<void>
}

export type HostLinkOptions = {
  fork: () => Child
  /** Answers what the host asks: a router of `credentialsContract`. */
  credentials: AnyRouter
  report: (error: AppError) => void
  /** Hears what the process writes to its log. */
  log?: (text: string) => void
  /** Milliseconds before the first restart; each further one in a row waits twice as long, up to `longest`. */
  backoffMs?: { first: number; longest: number }
  /** How long a call waits for a host that is starting, in milliseconds. */
  patienceMs?: number
  /** How long the process may take to start or to end before it is killed, in milliseconds. */
  graceMs?: number
}

/** Starts the host process and keeps it running: when it dies it is started again, with the same apps open. */
export function createHostLink(options: HostLinkOptions): HostLink {
  const { fork, credentials, report, log, backoffMs = { first: 100, longest: 10_000 }, patienceMs = 15_000, graceMs = 10_000 } = options
  const closing = new AbortController()
  const states = new Changes<HostState>()
  const openApps = new Map<string, string>()
  let state: HostState = 'starting'
  let ready = Promise.withResolvers<Session>()
  let running: { child: Child; pid?: number; exited: Promise<void> } | undefined

  function become(next: HostState): void {
    if (next === state) return
    state = next
    states.publish(next)
  }

  /** One life of the process, from its start to its end. */
  async function live(): Promise<void> {
    const child = fork()
    if (log) child.onLog(log)
    const session = startSession(child, credentials, report)
    running = { child, exited: session.exited }
    const health = await within(graceMs, session.call(['health'], {}, {}), () => child.kill())
    running.pid = (health as { pid: number }).pid
    await reopenApps(session)
    ready.resolve(session)
    become('running')
    await session.exited
    ready = Promise.withResolvers<Session>()
  }

  async function reopenApps(session: Session): Promise<void> {
    for (const [appId, path] of openApps) {
      try {
        await session.host.apps.open({ appId, path })
      } catch (cause) {
        // An app that cannot be opened, or that takes the process down each time, does not keep the others from running.
        openApps.delete(appId)
        report(new AppError('unavailable', `“${appId}” could not be started again. Open it from Home.`, { cause }))
        if (!session.alive()) throw stopped(cause)
      }
    }
  }

  async function keepRunning(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted;) {
      const startedAt = performance.now()
      const failure = await live().catch((cause: unknown) => cause)
      if (closing.signal.aborted) return
      if (failure) report(new AppError('unavailable', 'The part of Plugboard that runs your apps did not start.', { cause: failure }))
      become('restarting')
      failures = performance.now() - startedAt > backoffMs.longest ? 0 : failures + 1
      await delay(Math.min(backoffMs.first * 2 ** (failures - 1), backoffMs.longest), undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  async function call(path: readonly string[], input: unknown, callOptions: CallOptions): Promise<unknown> {
    if (closing.signal.aborted) throw new AppError('unavailable', 'Plugboard is closing.')
    const session = await within(patienceMs, ready.promise, undefined, callOptions.signal)
    const output = await session.call(path, input, callOptions)
    rememberApps(path, input)
    return output
  }

  function rememberApps([room, verb]: readonly string[], input: unknown): void {
    if (room !== 'apps') return
    const { appId, path } = input as { appId: string; path: string }
    if (verb === 'open') openApps.set(appId, path)
    if (verb === 'close') openApps.delete(appId)
  }

  const link: ClientLink<object> = { call: (path, input, { signal }) => call(path, input, { signal }) }
  const client = createClient<HostContract>(link)
  const kept = keepRunning()

  return {
    client: () => client,
    router: forwardRouter(hostContract, call),
    state: () => state,
    watch: signal => states.followState(() => state, signal),
    async close() {
      closing.abort()
      const last = running
      if (!last) return kept
      last.child.kill()
      await within(graceMs, last.exited).catch(() => last.pid && process.kill(last.pid, 'SIGKILL'))
      await Promise.race([kept, delay(graceMs, undefined, { ref: false })])
    },
  }
}

/** Waits for a promise, but not for ever: `unavailable` after `ms`, `cancelled` when the signal aborts. */
async function within<T>(ms: number, promise: Promise<T>, onTimeout?: () => void, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted()
  const { promise: given, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    onTimeout?.()
    reject(stopped())
  }, ms)
  const onAbort = () => reject(new AppError('cancelled', 'Cancelled.'))
  signal?.addEventListener('abort', onAbort)
  try {
    return await Promise.race([promise, given])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
