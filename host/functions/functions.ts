import type { AppModel, Problem } from '../../core/app/model.ts'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import type { Caller } from '../gateway/gateway.ts'
import { bundleFunction, type Bundle } from './bundle.ts'
import { answerRequest, type Bridge } from './bridge.ts'
import { loadFunction, type FunctionProcess } from './function-process.ts'
import { createSandboxPool } from './sandbox/pool.ts'
import { createWatchdog } from './watchdog.ts'

export type RunOptions = { signal?: AbortSignal; onLog?: (line: LogLine) => void; caller: Caller }
export type Functions = ReturnType<typeof createFunctions>

const usualMemoryMb = 200
const mostCallsOfOneProcess = 10_000
const idleMs = 60_000

type Options = { root: string; model: () => AppModel; bridge: Bridge }

/**
 * Runs an app's functions, each in a sandbox process of its own that is kept while it is used. Errors: not_found, validation (it does not
 * compile), timeout, cancelled, unavailable (stopped for its memory, or it ended itself), internal (it threw), and what its calls throw.
 */
export function createFunctions({ root, model, bridge }: Options) {
  const pool = createSandboxPool(usualMemoryMb)
  const watchdog = createWatchdog()
  const bundles = new Map<string, Promise<Bundle>>()
  const processes = new Map<string, FunctionProcess>()
  const idleTimers = new Map<string, NodeJS.Timeout>()

  function findFunction(name: string) {
    const found = model().functions.find(candidate => candidate.name === name)
    if (!found) throw new AppError('not_found', `There is no function “${name}”. Create it first.`)
    return found
  }

  async function compile(name: string, file: string): Promise<Bundle> {
    const bundled = await bundleFunction(root, file)
    if (bundled.ok) return bundled.bundle
    const [problem] = bundled.problems
    throw new AppError('validation', `${name} does not compile: ${problem?.message ?? 'unknown error.'}`, {
      action: { kind: 'open', path: problem?.path ?? file, line: problem?.line },
      details: bundled.problems.map(({ path, line, message }) => `${path}:${line ?? 1} ${message}`).join('\n'),
    })
  }

  function bundleOf(name: string, file: string): Promise<Bundle> {
    const known = bundles.get(name)
    if (known) return known
    const compiling = compile(name, file)
    bundles.set(name, compiling)
    compiling.catch(() => bundles.get(name) === compiling && bundles.delete(name))
    return compiling
  }

  function processOf(name: string, bundle: Bundle, memoryMb: number): FunctionProcess {
    const current = processes.get(name)
    if (current?.isAlive() && current.hash === bundle.hash && current.served() < mostCallsOfOneProcess) return current
    if (current) retire(current)
    const loaded = loadFunction({ name, bundle, sandbox: pool.take(memoryMb), memoryMb, watchdog })
    processes.set(name, loaded)
    return loaded
  }

  function endWhenIdle(name: string, running: FunctionProcess): void {
    clearTimeout(idleTimers.get(name))
    const timer = setTimeout(() => {
      if (running.isBusy()) return
      running.kill()
      if (processes.get(name) === running) processes.delete(name)
    }, idleMs)
    timer.unref()
    idleTimers.set(name, timer)
  }

  return {
    /** Starts the sandboxes that wait for work. */
    warm: () => pool.warm(),
    async run(name: string, input: Json, { signal, onLog, caller }: RunOptions): Promise<Json> {
      const { file, config } = findFunction(name)
      const bundle = await bundleOf(name, file)
      const running = processOf(name, bundle, config.memoryMb)
      let request = 0
      try {
        return await running.call(input, {
          signal,
          onLog,
          timeoutMs: config.timeoutSeconds * 1000,
          answer: asked =>
            answerRequest(bridge, asked, { ...caller, by: caller.by.kind === 'user' ? { kind: 'function', name } : caller.by }, request++),
        })
      } finally {
        endWhenIdle(name, running)
      }
    },
    /** What keeps a function from compiling. `text` stands for the file as it is being edited. */
    async check(name: string, text?: string): Promise<Problem[]> {
      const bundled = await bundleFunction(root, findFunction(name).file, text)
      return bundled.ok ? [] : bundled.problems
    },
    /** Files have changed: compile again at the next call. A process whose code stayed the same goes on. */
    changed: () => bundles.clear(),
    async close(): Promise<void> {
      pool.close()
      watchdog.close()
      for (const timer of idleTimers.values()) clearTimeout(timer)
      for (const running of processes.values()) running.kill()
    },
  }
}

/** Lets what is under way finish, then ends it. */
function retire(old: FunctionProcess): void {
  if (!old.isBusy()) return old.kill()
  const timer = setInterval(() => {
    if (old.isBusy()) return
    clearInterval(timer)
    old.kill()
  }, 1000)
  timer.unref()
}
