import { fork, type ChildProcess } from 'node:child_process'
import type { ForkOptions, UtilityProcess } from 'electron'
import { only, type StandIn } from './stand-in.ts'

export type UtilityFork = { module: string; options: ForkOptions; child: ChildProcess }

/** A Node process in place of Electron's, with `process.parentPort` as there. */
export function forkUtilityProcess(standIn: StandIn, module: string, args: string[], options: ForkOptions): UtilityProcess {
  const known = ['serviceName', 'env', 'stdio']
  for (const key of Object.keys(options)) if (!known.includes(key)) throw new Error(`The stand-in has no utilityProcess option ${key}`)
  const stdio = (options.stdio ?? ['ignore', 'inherit', 'inherit']) as ('ignore' | 'pipe' | 'inherit')[]
  const child = fork(module, args, {
    env: options.env as NodeJS.ProcessEnv,
    execArgv: ['--import', import.meta.resolve('./parent-port.ts')],
    serialization: 'advanced',
    stdio: [...stdio, 'ipc'],
  })
  standIn.forks.push({ module, options, child })
  const process: Pick<UtilityProcess, 'postMessage' | 'on' | 'once' | 'kill' | 'stderr'> = {
    postMessage: message => void (child.connected && child.send(message as object)),
    on: ((event: string, listener: () => void) => child.on(event, listener)) as UtilityProcess['on'],
    once: ((event: string, listener: () => void) => child.once(event, listener)) as UtilityProcess['once'],
    kill: () => child.kill(),
    stderr: child.stderr,
  }
  return only('UtilityProcess', process) as UtilityProcess
}
