import type { HookSource } from './flow.ts'
import type { AppModel } from './model.ts'
import { hookName } from './names.ts'

/** One address that starts a flow. `name` is the last part of it. */
export type Hook = { name: string; flow: string; title: string; source: HookSource; signatureHeader: string; isActive: boolean }

/** The usual header of a signature that no service prescribes. */
const usualHeader = 'x-signature-256'

/** The hooks of an app. Where two flows have one name in their address, both are here. */
export function hooksOf({ flows }: Pick<AppModel, 'flows'>): Hook[] {
  return flows.flatMap(({ name: flow, flow: { name: title, is_active: isActive, trigger } }) => {
    const { config } = trigger
    if (config.trigger_type !== 'webhook') return []
    const { hook_name: name, source, signature_header: header } = config
    return [{ name: name ?? nameFrom(flow), flow, title, source, signatureHeader: (header ?? usualHeader).toLowerCase(), isActive }]
  })
}

/** `New order 2` becomes `new-order-2`. */
function nameFrom(flow: string): string {
  const name = flow
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|-+$/g, '')
    .slice(0, 63)
  return hookName.safeParse(name).success ? name : 'hook'
}
