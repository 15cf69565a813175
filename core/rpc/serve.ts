import { mapEventIterator } from '@orpc/client'
import { ORPCError, type AnyRouter } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { AppError } from '../errors.ts'
import { maskSecrets } from '../secrets.ts'
import { isStream, type Port } from './port.ts'

/** Answers calls that arrive on a port. `report` hears of every error that is a bug, with its cause. */
export function serveOnPort(port: Port, router: AnyRouter, report: (error: AppError) => void): void {
  new RPCHandler(router, rpcOptions(report)).upgrade(port as MessagePort)
}

/** Turns what a handler throws into the one error that crosses a boundary, without secrets; also for handlers on other transports. */
export function rpcOptions(report: (error: AppError) => void) {
  const translate = async <T>({ next }: { next(): Promise<T> }): Promise<T> => {
    try {
      const output = await next()
      return isStream(output)
        ? (mapEventIterator(output, { value: async value => value, error: async error => toRpcError(error, report) }) as T)
        : output
    } catch (error) {
      throw toRpcError(error, report)
    }
  }
  return { clientInterceptors: [translate] }
}

function toRpcError(error: unknown, report: (error: AppError) => void): ORPCError<string, unknown> {
  if (error instanceof ORPCError && error.code === 'APP') return error
  const known = error instanceof ORPCError ? fromOrpc(error) : AppError.from(error)
  if (known.code === 'internal') report(known)
  const shape = known.toJSON()
  const message = maskSecrets(shape.message)
  const data = { ...shape, message, ...(shape.details && { details: maskSecrets(shape.details) }) }
  return new ORPCError('APP', { status: 400, message, data, defined: true })
}

function fromOrpc(error: ORPCError<string, unknown>): AppError {
  if (error.code === 'BAD_REQUEST') return new AppError('validation', firstIssue(error.data) ?? error.message, { cause: error })
  if (error.code === 'NOT_FOUND') return new AppError('not_found', 'This version of Plugboard does not know that call.', { cause: error })
  return new AppError('internal', 'Something went wrong inside Plugboard. Try again.', { cause: error })
}

function firstIssue(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return undefined
  const [issue] = data.issues as { message?: unknown; path?: unknown[] }[]
  if (typeof issue?.message !== 'string') return undefined
  const path = issue.path?.map(part => (typeof part === 'object' && part !== null && 'key' in part ? part.key : part)).join('.')
  return path ? `${path}: ${issue.message}` : issue.message
}
