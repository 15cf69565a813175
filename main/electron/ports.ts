import { utilityProcess, type MessagePortMain } from 'electron'
import type { Port } from '../../core/rpc/port.ts'
import type { Child } from '../../host/child.ts'

/** Electron's end of a page's port, as the rest of Plugboard knows ports. */
export function portOf(port: MessagePortMain): Port {
  return {
    postMessage: message => port.postMessage(message),
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'message') port.on('message', ({ data }) => listener({ data }))
      else port.on('close', () => listener({ data: undefined }))
    },
  }
}

/** Starts a built module in a process of its own, with exactly this environment. */
export function forkUtility(module: string, serviceName: string, env: Record<string, string>): Child {
  const child = utilityProcess.fork(module, [], { serviceName, env, stdio: ['ignore', 'ignore', 'pipe'] })
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
    post: message => child.postMessage(message),
    onMessage: listener => void child.on('message', listener),
    onExit: listener => void child.once('exit', listener),
    onLog: listener => void child.stderr?.on('data', data => listener(String(data))),
    kill: () => void child.kill(),
  }
}
