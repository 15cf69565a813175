import { fork, type ChildProcess } from 'node:child_process'
import type { ForkOptions, UtilityProcess } from 'electron'
import { only } from './only.ts'

export type UtilityFork = { module: string; options: ForkOptions; child: ChildProcess }

/** A Node process in place of Electron's, with `process.parentPort` as there. */
export function forkUtilityProcess(module: string, args: string[], options: ForkOptions): { process: UtilityProcess; fork: UtilityFork } {
  const known = ['serviceName', 'env', 'stdio']
  for (const key of Object.keys(options)) if (!known.includes(key)) throw new Error(`The stand-in has no utilityProcess option ${key}`)
  const stdio = (options.stdio ?? ['ignore', 'inherit', 'inherit']) as ('ignore' | 'pipe' | 'inherit')[]
  const child = fork(module, args, {
    env: options.env as NodeJS.ProcessEnv,
    execArgv: ['--import', import.meta.resolve('./parent-port.ts')],
    serialization: 'advanced',
    stdio: [...stdio, 'ipc'],
  })
  const process: Record<'postMessage' | 'on' | 'once' | 'kill' | 'stderr', unknown> = {
    postMessage: (message: object) => void (child.connected && child.send(message)),
    on: child.on.bind(child),
    once: child.once.bind(child),
    kill: () => child.kill(),
    stderr: child.stderr,
  } satisfies Record<keyof Pick<UtilityProcess, 'postMessage' | 'on' | 'once' | 'kill' | 'stderr'>, unknown>
  return { process: only('UtilityProcess', process) as unknown as UtilityProcess, fork: { module, options, child } }
}
