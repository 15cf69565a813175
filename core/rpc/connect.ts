import { createORPCClient, mapEventIterator, ORPCError, type ClientLink } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import { AppError, isErrorCode, type ErrorShape } from '../errors.ts'
import { isStream, type Port } from './port.ts'

/** A client that calls the other side of a port. What it throws is always an AppError. Imports the contract as a type only. */
export function connectPort<Contract extends AnyContractRouter>(port: Port): ContractRouterClient<Contract> {
  return createClient<Contract>(new RPCLink({ port: port as MessagePort, ...linkOptions }))
}

export function createClient<Contract extends AnyContractRouter>(link: ClientLink<object>): ContractRouterClient<Contract> {
  return createORPCClient(link) as ContractRouterClient<Contract>
}

/** For links on other transports. */
export const linkOptions = {
  interceptors: [
    async <T>({ next }: { next(): Promise<T> }): Promise<T> => {
      try {
        const output = await next()
        return isStream(output)
          ? (mapEventIterator(output, { value: async value => value, error: async error => fromRpcError(error) }) as T)
          : output
      } catch (error) {
        throw fromRpcError(error)
      }
    },
  ],
}

function fromRpcError(error: unknown): AppError {
  if (error instanceof ORPCError && isErrorShape(error.data)) return AppError.fromShape(error.data)
  if (error instanceof AppError) return error
  if (error instanceof Error && error.name === 'AbortError') return new AppError('cancelled', 'Cancelled.', { cause: error })
  return new AppError('unavailable', 'Plugboard does not answer. Try again in a moment.', { cause: error })
}

function isErrorShape(data: unknown): data is ErrorShape {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    isErrorCode(data.code) &&
    'message' in data &&
    typeof data.message === 'string'
  )
}
