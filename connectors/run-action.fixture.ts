import type { z } from 'zod'
import type { AnyAction, Call, Connector } from '../core/connector.ts'

/** Runs an action as the gateway does: input parsed, errors explained, output checked. */
export async function run<C extends Connector, Id extends keyof C['actions'] & string>(
  connector: C,
  call: Call,
  id: Id,
  input: unknown,
): Promise<z.output<C['actions'][Id]['output']>> {
  const action: AnyAction | undefined = connector.actions[id]
  if (!action) throw new Error(`no action ${id}`)
  try {
    const output = await action.run(call, action.input.parse(input) as never)
    return action.output.parse(output) as z.output<C['actions'][Id]['output']>
  } catch (error) {
    throw connector.explain?.(error) ?? error
  }
}
