import { fork } from 'node:child_process'

/** A child process as both `utilityProcess.fork` and `child_process.fork` can provide it. */
export type Child = {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Once, when the process is gone. The code is null when a signal ended it or it never started. */
  onExit(listener: (code: number | null) => void): void
  /** What the process writes to its error output: its log. */
  onLog(listener: (text: string) => void): void
  /** Asks the process to end (SIGTERM). */
  kill(): void
}

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
