import { mapEventIterator } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { AnyRouter } from '@orpc/server'
import type { HostContract } from '../../core/contract/host.ts'
import { AppError } from '../../core/errors.ts'
import { connectPort } from '../../core/rpc/connect.ts'
import { isStream, splitPort, type Port } from '../../core/rpc/port.ts'
import { serveOnPort } from '../../core/rpc/serve.ts'
import type { Child } from '../../host/child.ts'

export type CallOptions = { signal?: AbortSignal }

/** One life of the host process. */
export type Session = {
  host: ContractRouterClient<HostContract>
  /** Calls the host by the path of a procedure. Fails with `unavailable` when the process dies before it has answered. */
  call(path: readonly string[], input: unknown, options: CallOptions): Promise<unknown>
  exited: Promise<void>
  alive(): boolean
}

/** Speaks with a host process over one line: calls of `hostContract` one way, of `credentialsContract` the other. */
export function startSession(child: Child, credentials: AnyRouter, report: (error: AppError) => void): Session {
  const exited = Promise.withResolvers<void>()
  let alive = true

  const parts = splitPort(portOf(child), ['host', 'credentials'])
  // Registered before the ports hear of the exit, so that what they then reject is told as what it is.
  child.onExit(() => {
    alive = false
    exited.resolve()
  })
  serveOnPort(parts.credentials, credentials, report)
  const host = connectPort<HostContract>(parts.host)

  const told = (error: unknown) => (alive ? error : stopped(error))

  return {
    host,
    exited: exited.promise,
    alive: () => alive,
    async call(path, input, options) {
      if (!alive) throw stopped()
      try {
        const output = await procedure(host, path)(input, options)
        if (!isStream(output)) return output
        return mapEventIterator(output, {
          value: async (value, done) => {
            if (done && !alive) throw stopped()
            return value
          },
          error: async error => told(error),
        })
      } catch (error) {
        throw told(error)
      }
    },
  }
}

export function stopped(cause?: unknown): AppError {
  return new AppError(
    'unavailable',
    'The part of Plugboard that runs your apps has stopped and is starting again. Try again in a moment.',
    {
      action: { kind: 'retry' },
      cause,
    },
  )
}

function portOf(child: Child): Port {
  return {
    postMessage: message => child.post(message),
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'message') child.onMessage(data => listener({ data }))
      else child.onExit(() => listener({ data: undefined }))
    },
  }
}

type Procedure = (input: unknown, options: CallOptions) => Promise<unknown>

function procedure(client: object, path: readonly string[]): Procedure {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], client) as Procedure
}
