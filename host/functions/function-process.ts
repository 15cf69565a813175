import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import type { Bundle } from './bundle.ts'
import type { FromSandbox, Thrown } from './sandbox/messages.ts'
import type { Exit, SandboxProcess } from './sandbox/process.ts'
import { readableStack } from './stack.ts'
import type { Watchdog } from './watchdog.ts'

const mostCalls = 10_000
const idleMs = 60_000

export type CallOptions = {
  signal?: AbortSignal
  timeoutMs: number
  onLog?: (line: LogLine) => void
  /** Answers what the code asks for. `signal` aborts when the call is over and nobody waits for it any more. */
  answer: (request: Json, signal: AbortSignal) => Promise<Json>
}

type RunningCall = Pick<CallOptions, 'onLog' | 'answer'> & {
  resolve(output: Json): void
  reject(error: AppError): void
  /** Made when the code asks for something: most calls never do. */
  ended?: AbortController
}

type Options = { name: string; bundle: Bundle; sandbox: SandboxProcess; memoryMb: number; watchdog: Watchdog }

export type FunctionProcess = {
  hash: string
  memoryMb: number
  exited: Promise<unknown>
  /** False when the next call needs another process: it was retired, has done its number of calls, or is gone. */
  takesCalls(): boolean
  call(input: Json, options: CallOptions): Promise<Json>
  /** Lets what is under way finish, then ends it. */
  retire(): void
  /** Ends it, because its app is closed. */
  kill(): void
}

export const stopped = (name: string): AppError =>
  new AppError('cancelled', `${name} was stopped, because its app was closed. Try again in a moment.`)

/**
 * One version of one function, loaded in a sandbox of its own and kept while it is used. Calls run side by side in it, as they would in
 * any server. A call that takes too long or is cancelled is answered at once; its process takes no more calls and ends when the others
 * in it have ended, at their own time limit at the latest.
 */
export function loadFunction({ name, bundle, sandbox, memoryMb, watchdog }: Options): FunctionProcess {
  const calls = new Map<number, RunningCall>()
  const loaded = Promise.withResolvers<void>()
  let nextCall = 1
  let isRetired = false
  let isGone = false
  /** Why it was killed, where we did it. */
  let verdict: AppError | undefined

  function explainThrown({ message, stack, shape }: Thrown): AppError {
    const readable = stack ? readableStack(stack, bundle.map) : ''
    const details = readable || undefined
    if (shape) return AppError.fromShape({ ...shape, details })
    const [, inFrame, bare] = /\((\S+:\d+):\d+\)|at (\S+:\d+):\d+/.exec(readable) ?? []
    const line = inFrame ?? bare
    return new AppError('internal', `${name} failed: ${message}${line ? ` (${line})` : ''}`, { details })
  }

  function receive(message: FromSandbox): void {
    switch (message.type) {
      case 'ready':
        return
      case 'loaded':
        return message.error ? loaded.reject(explainThrown(message.error)) : loaded.resolve()
      case 'ask':
        return void answer(message)
      case 'log': {
        // What runs beside all calls is told to the oldest one.
        const call = message.call === null ? calls.values().next().value : calls.get(message.call)
        return call?.onLog?.({ at: new Date().toISOString(), level: message.level, text: message.text })
      }
      case 'result':
        return calls.get(message.call)?.resolve(message.output)
      case 'thrown':
        return calls.get(message.call)?.reject(explainThrown(message.error))
    }
  }

  async function answer({ id, call: callId, request }: Extract<FromSandbox, { type: 'ask' }>): Promise<void> {
    const call = calls.get(callId ?? 0)
    try {
      if (!call) throw new AppError('conflict', 'Connectors and records can be used while the function runs, not before and not after it.')
      call.ended ??= new AbortController()
      sandbox.send({ type: 'answer', id, value: await call.answer(request, call.ended.signal) })
    } catch (error) {
      sandbox.send({ type: 'answer', id, error: AppError.from(error).toJSON() })
    }
  }

  function kill(reason: AppError): void {
    verdict ??= reason
    isRetired = true
    sandbox.kill()
  }

  function retire(): void {
    isRetired = true
    if (calls.size === 0) kill(new AppError('cancelled', `${name} was stopped.`))
  }

  const tooMuchMemory = () =>
    new AppError(
      'unavailable',
      `${name} used more than ${memoryMb} MB of memory and was stopped. Work on less at once, or raise "memoryMb" in its function.jsonc.`,
    )

  function explainExit({ code, signal }: Exit): AppError {
    // V8 ends the process by a trap when the heap is full.
    if (signal === 'SIGTRAP' || signal === 'SIGABRT' || signal === 'SIGILL' || code === 133 || code === 134) return tooMuchMemory()
    return new AppError('unavailable', `${name} ended its own process before it was done.`, { details: `Exit ${code ?? signal}` })
  }

  const idleTimer = setTimeout(retire, idleMs)
  idleTimer.unref()

  sandbox.onMessage(receive)
  loaded.promise.catch(retire)
  void sandbox.ready.then(
    () => sandbox.send({ type: 'load', url: urlOf(bundle) }),
    (cause: unknown) => loaded.reject(new AppError('unavailable', 'The sandbox for functions could not be started.', { cause })),
  )
  // Also between calls: what a call has left behind may go on growing.
  if (sandbox.pid > 0) watchdog.watch(sandbox.pid, memoryMb * 1_000_000, () => kill(tooMuchMemory()))
  const exited = sandbox.exited.then(exit => {
    isGone = true
    clearTimeout(idleTimer)
    watchdog.unwatch(sandbox.pid)
    const error = verdict ?? explainExit(exit)
    loaded.reject(error)
    for (const call of calls.values()) call.reject(error)
  })

  return {
    hash: bundle.hash,
    memoryMb,
    exited,
    takesCalls: () => !isRetired && !isGone && nextCall <= mostCalls,
    retire,
    kill: () => kill(stopped(name)),
    async call(input, { signal, timeoutMs, onLog, answer }) {
      const id = nextCall++
      const { promise, resolve, reject } = Promise.withResolvers<Json>()
      const giveUp = (error: AppError) => {
        isRetired = true
        reject(error)
      }
      const timer = setTimeout(
        () => giveUp(new AppError('timeout', `${name} ran longer than ${inSeconds(timeoutMs)} and was stopped.`)),
        timeoutMs,
      )
      const onAbort = () => giveUp(new AppError('cancelled', `${name} was cancelled.`))
      calls.set(id, { resolve, reject, onLog, answer })
      signal?.addEventListener('abort', onAbort, { once: true })
      try {
        if (signal?.aborted) onAbort()
        else if (isGone) reject(verdict ?? new AppError('unavailable', `${name} was stopped. Try again.`))
        else void loaded.promise.then(() => sandbox.send({ type: 'call', id, input }), reject)
        return await promise
      } finally {
        calls.get(id)?.ended?.abort()
        calls.delete(id)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        idleTimer.refresh()
        if (isRetired) retire()
      }
    },
  }
}

const urlOf = ({ code }: Bundle): string => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`

const inSeconds = (ms: number): string => (ms === 1000 ? '1 second' : `${ms / 1000} seconds`)
