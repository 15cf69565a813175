import { isContractProcedure, type AnyContractRouter } from '@orpc/contract'
import { os, type AnyRouter, type Router } from '@orpc/server'
import type { CallOptions } from './session.ts'

export type Call = (path: readonly string[], input: unknown, options: CallOptions) => Promise<unknown>

/**
 * A router with a procedure for each of the contract that hands the call on as it came. Inputs and outputs are not parsed here: the
 * far side does that once, and this side stays free.
 */
export function forwardRouter<Contract extends AnyContractRouter>(contract: Contract, call: Call): Router<Contract, Record<never, never>> {
  return build(contract, call, []) as Router<Contract, Record<never, never>>
}

function build(contract: AnyContractRouter, call: Call, path: readonly string[]): AnyRouter {
  if (isContractProcedure(contract)) return os.handler(({ input, signal }) => call(path, input, { signal }))
  return Object.fromEntries(Object.entries(contract).map(([key, part]) => [key, build(part, call, [...path, key])]))
}
