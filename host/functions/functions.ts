import type { AppModel, Problem } from '../../core/app/model.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import type { Caller } from '../gateway/gateway.ts'
import { answerRequest, type Bridge } from './bridge.ts'
import type { BundleCache } from './bundle-cache.ts'
import { bundleFunction, type Bundle } from './bundle.ts'
import { loadFunction, stopped, type FunctionProcess } from './function-process.ts'
import { joinSandboxPool } from './sandbox/pool.ts'
import { surveyFunctions, type Survey } from './survey.ts'
import { createWatchdog } from './watchdog.ts'

export type RunOptions = { signal?: AbortSignal; onLog?: (line: LogLine) => void; caller: Caller }
export type Functions = ReturnType<typeof createFunctions>

type Options = { root: string; model: () => AppModel; bundles: BundleCache; bridge: Bridge }

/**
 * Runs an app's functions, each in a sandbox process of its own that is kept while it is used. Errors: not_found, validation (it does not
 * compile), timeout, cancelled, unavailable (stopped for its memory, or it ended itself), internal (it threw), and what its calls throw.
 */
export function createFunctions({ root, model, bundles, bridge }: Options) {
  const pool = joinSandboxPool()
  const watchdog = createWatchdog()
  const current = new Map<string, FunctionProcess>()
  const living = new Set<FunctionProcess>()
  let isClosed = false

  function findFunction(name: string) {
    const found = model().functions.find(candidate => candidate.name === name)
    if (!found) throw new AppError('not_found', `There is no function “${name}”. Create it first.`)
    return found
  }

  /** A flow goes on with the last good version while the file is broken; a person who runs a function is told what is wrong with it. */
  async function bundleFor(name: string, file: string, { caller, onLog }: RunOptions): Promise<Bundle> {
    try {
      return await bundles.get(name, file)
    } catch (error) {
      const lastGood = bundles.lastGood(name)
      if (!lastGood || caller.by.kind !== 'flow' || !(error instanceof AppError)) throw error
      onLog?.({ at: new Date().toISOString(), level: 'warn', text: `${error.message} The last version that did is used instead.` })
      return lastGood
    }
  }

  function processOf(name: string, bundle: Bundle, memoryMb: number): FunctionProcess {
    const known = current.get(name)
    if (known?.takesCalls() && known.hash === bundle.hash && known.memoryMb === memoryMb) return known
    known?.retire()
    const started = loadFunction({ name, bundle, sandbox: pool.take(memoryMb), memoryMb, watchdog })
    current.set(name, started)
    living.add(started)
    void started.exited.then(() => {
      living.delete(started)
      if (current.get(name) === started) current.delete(name)
    })
    return started
  }

  return {
    /** Starts the sandboxes that wait for work. */
    warm: () => pool.warm(),
    async run(name: string, input: Json, options: RunOptions): Promise<Json> {
      const { file, config } = findFunction(name)
      const bundle = await bundleFor(name, file, options)
      if (isClosed) throw stopped(name)
      const { signal, onLog, caller } = options
      const by = caller.by.kind === 'user' ? { ...caller.by, kind: 'function' as const, name } : caller.by
      let nth = 0
      return processOf(name, bundle, config.memoryMb).call(input, {
        signal,
        onLog,
        timeoutMs: config.timeoutSeconds * 1000,
        answer: (asked, ended) => answerRequest(bridge, asked, { caller: { ...caller, by }, nth: nth++, signal: ended }),
      })
    },
    /** What keeps a function from compiling. `text` stands for the file as it is being edited. */
    async check(name: string, text?: string): Promise<Problem[]> {
      const bundled = await bundleFunction(root, findFunction(name).file, text)
      return bundled.ok ? [] : bundled.problems
    },
    /** What keeps functions from compiling, and the files of packages that they import. */
    survey: (): Promise<Survey> => surveyFunctions(model(), bundles.get),
    /** The app has changed: functions that are gone end. (A changed one is noticed by its files at its next call.) */
    changed(): void {
      const names = new Set(model().functions.map(({ name }) => name))
      for (const [name, running] of current) {
        if (names.has(name)) continue
        bundles.forget(name)
        running.retire()
      }
    },
    /** Whoever waits for a function is told that it was stopped. */
    async close(): Promise<void> {
      isClosed = true
      pool.close()
      for (const running of living) running.kill()
      await Promise.all([...living].map(running => running.exited))
      watchdog.close()
    },
  }
}
