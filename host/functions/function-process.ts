import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import type { Bundle } from './bundle.ts'
import type { FromSandbox, Request, Thrown } from './sandbox/messages.ts'
import type { Exit, SandboxProcess } from './sandbox/process.ts'
import { readableStack } from './stack.ts'
import type { Watchdog } from './watchdog.ts'

export type CallOptions = {
  signal?: AbortSignal
  timeoutMs: number
  onLog?: (line: LogLine) => void
  /** Answers what the code asks for. */
  answer: (request: Request) => Promise<Json>
}

type RunningCall = {
  resolve(output: Json): void
  reject(error: AppError): void
  onLog?: (line: LogLine) => void
  answer: CallOptions['answer']
}

/**
 * One version of one function, loaded in a sandbox of its own. Calls run side by side in it, as they would in any server; what a call
 * does to the process (a loop, too much memory) ends the others too, and they say so.
 */
export function loadFunction({
  name,
  bundle,
  sandbox,
  memoryMb,
  watchdog,
}: {
  name: string
  bundle: Bundle
  sandbox: SandboxProcess
  memoryMb: number
  watchdog: Watchdog
}) {
  const calls = new Map<number, RunningCall>()
  const loaded = Promise.withResolvers<void>()
  let nextCall = 1
  let isAlive = true
  let served = 0
  /** Why it was killed, where we did it. */
  let verdict: AppError | undefined

  function explainThrown(error: Thrown): AppError {
    const stack = error.stack ? readableStack(error.stack, bundle.sourceMap) : ''
    if (error.shape) return new AppError(error.shape.code, error.shape.message, { action: error.shape.action, details: stack || undefined })
    const place = /\((\S+:\d+):\d+\)|at (\S+:\d+):\d+/.exec(stack)
    const line = place?.[1] ?? place?.[2]
    return new AppError('internal', `${name} failed: ${error.message}${line ? ` (${line})` : ''}`, { details: stack || undefined })
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
      sandbox.send({ type: 'answer', id, value: await call.answer(request) })
    } catch (error) {
      sandbox.send({ type: 'answer', id, error: AppError.from(error).toJSON() })
    }
  }

  function kill(reason: AppError): void {
    verdict ??= reason
    isAlive = false
    sandbox.kill()
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

  sandbox.onMessage(receive)
  loaded.promise.catch(() => {})
  void sandbox.ready.then(
    () => sandbox.send({ type: 'load', url: bundle.url }),
    (cause: unknown) => loaded.reject(new AppError('unavailable', 'The sandbox for functions could not be started.', { cause })),
  )
  watchdog.watch(sandbox.pid, memoryMb * 1_000_000, () => kill(tooMuchMemory()))
  void sandbox.exited.then(exit => {
    isAlive = false
    watchdog.unwatch(sandbox.pid)
    const error = verdict ?? explainExit(exit)
    loaded.reject(error)
    for (const call of calls.values()) call.reject(error)
    calls.clear()
  })

  return {
    hash: bundle.hash,
    isAlive: () => isAlive,
    isBusy: () => calls.size > 0,
    served: () => served,
    kill: () => kill(new AppError('cancelled', `${name} was stopped.`)),
    async call(input: Json, { signal, timeoutMs, onLog, answer }: CallOptions): Promise<Json> {
      const id = nextCall++
      served++
      const { promise, resolve, reject } = Promise.withResolvers<Json>()
      calls.set(id, { resolve, reject, onLog, answer })
      if (calls.size === 1) watchdog.watch(sandbox.pid, memoryMb * 1_000_000, () => kill(tooMuchMemory()))
      const timer = setTimeout(
        () => kill(new AppError('timeout', `${name} ran longer than ${timeoutMs / 1000} seconds and was stopped.`)),
        timeoutMs,
      )
      const onAbort = () => {
        calls.delete(id)
        reject(new AppError('cancelled', `${name} was cancelled.`))
        // With others at work the process stays; what this call still does finds nobody to answer it.
        if (calls.size === 0) kill(new AppError('cancelled', `${name} was cancelled.`))
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      try {
        if (signal?.aborted) onAbort()
        else if (isAlive) void loaded.promise.then(() => sandbox.send({ type: 'call', id, input }), reject)
        else reject(verdict ?? new AppError('unavailable', `${name} was stopped.`))
        return await promise
      } finally {
        calls.delete(id)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        if (calls.size === 0) watchdog.unwatch(sandbox.pid)
      }
    },
  }
}

export type FunctionProcess = ReturnType<typeof loadFunction>
