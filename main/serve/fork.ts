import { fork } from 'node:child_process'
import type { Child } from '../shell.ts'

/** Starts a Node module as a child process with exactly this environment. */
export function forkNode(module: string, env: Record<string, string>): Child {
  const child = fork(module, [], { env, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const gone = Promise.withResolvers<number | null>()
  child.once('exit', code => gone.resolve(code))
  // Also a message that could not be sent: the exit that follows says all there is to say.
  child.on('error', () => {
    if (child.pid === undefined) gone.resolve(null)
  })
  return {
    post: message => {
      if (child.connected) child.send(message as object)
    },
    onMessage: listener => void child.on('message', listener),
    onExit: listener => void gone.promise.then(listener),
    onLog: listener => void child.stderr?.setEncoding('utf8').on('data', listener),
    kill: () => void child.kill(),
  }
}
