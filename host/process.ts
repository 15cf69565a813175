/** The host's own process: a `utilityProcess` of Electron or a child of the browser shell. It speaks over the line it was born with. */
import type { CredentialsContract } from '../core/contract/credentials.ts'
import type { AppError } from '../core/errors.ts'
import { connectPort } from '../core/rpc/connect.ts'
import { maskSecrets } from '../core/secrets.ts'
import { splitPort, type Port } from '../core/rpc/port.ts'
import { serveOnPort } from '../core/rpc/serve.ts'
import { createHost } from './host.ts'
import { createHostRouter } from './router.ts'

type ParentPort = { on(event: 'message', listener: (event: { data: unknown }) => void): void; postMessage(message: unknown): void }

function portToParent(): Port {
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort
  const onMessage = (listener: (event: { data: unknown }) => void) => {
    if (parentPort) parentPort.on('message', listener)
    else process.on('message', data => listener({ data }))
  }
  return {
    postMessage: message => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
      if (parentPort) parentPort.postMessage(message)
      else if (process.connected) process.send?.(message)
    },
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'message') onMessage(listener)
      else process.on('disconnect', () => listener({ data: undefined }))
    },
  }
}

/** Bugs go to the log that main keeps of this process. Only messages and stacks: never a value that passed through. */
function report(error: AppError): void {
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : String(error.cause ?? '')
  process.stderr.write(maskSecrets(`${new Date().toISOString()} ${error.code} ${error.message} ${cause}\n`))
}

const { host: hostPart, credentials } = splitPort(portToParent(), ['host', 'credentials'])
const host = createHost({ credentials: connectPort<CredentialsContract>(credentials), report })
serveOnPort(hostPart, createHostRouter(host), report)

// Main gone: nobody can answer for tokens any more, and a second host may start on the same files.
process.on('disconnect', () => void host.close().finally(() => process.exit(0)))
process.on('SIGTERM', () => void host.close().finally(() => process.exit(0)))
process.on('SIGINT', () => {})
