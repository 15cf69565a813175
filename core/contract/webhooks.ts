import { z } from 'zod'
import { appId, flowName, hookName } from '../app/names.ts'
import { procedure } from './base.ts'
import { hookDeliveries, hookDetails, hookSecret } from './hooks.ts'

const ofHook = z.object({ appId, name: hookName })

/**
 * Main's side: the addresses that a published app's flows have on the relay. Nothing of it is kept on the desktop. Errors of each:
 * `unauthorized` (sign in to the relay), `forbidden` (as a member who may not publish), `not_found`, `unavailable`.
 */
export const webhooksContract = {
  /** The address of a flow as the live version has it. Null: that version has no such flow, or it is started by something else. */
  find: procedure.input(z.object({ appId, flow: flowName })).output(hookDetails.nullable()),
  deliveries: procedure.input(ofHook).output(hookDeliveries),
  /** For the clipboard, when someone asks for it. */
  secret: procedure.input(ofHook).output(hookSecret),
  /** Without `secret` the relay makes a new one. The one before ends at once. */
  changeSecret: procedure.input(ofHook.extend({ secret: z.string().max(1000).optional() })).output(hookDetails),
  /** A command for a Unix shell that sends this body as the hook's sender would, signed now. */
  testCommand: procedure.input(ofHook.extend({ body: z.json() })).output(z.object({ command: z.string() })),
}
