import { fieldsOf } from '../../core/addresses.ts'
import type { OwnConnection } from '../../core/contract/own-connections.ts'
import type { Tool } from '../../core/connector.ts'
import { missingScopes } from '../../core/scopes.ts'
import { explainReason } from '../../tokens/reason.ts'
import type { TokenStatus } from '../../tokens/row.ts'
import type { OwnAccount } from './rows.ts'

type Shown = {
  tool: Tool
  account: OwnAccount | null
  status: TokenStatus | null
  way: Pick<OwnConnection, 'practice' | 'missing'>
  /** What the app wants to be allowed. */
  scopes: readonly string[]
  flows: OwnConnection['flows']
}

/** A user's own account as that user sees it: never a token, and nothing of anybody else. */
export function showConnection({ tool, account, status, way, scopes, flows }: Shown): OwnConnection {
  const { provider } = tool
  const words = (of: readonly string[]) => [...new Set(of.map(scope => tool.scopes[scope]).filter(text => text !== undefined))]
  const missing = status ? missingScopes(provider, status.scopes, scopes) : []
  const lack = missing.length > 0 ? `The app needs one more permission. Connect again to allow it: ${words(missing).join('; ')}.` : null
  return {
    connector: tool.id,
    name: tool.name,
    icon: tool.icon,
    state: account ? (status?.state ?? 'needs_reconnect') : 'disconnected',
    reason: (status?.reason ? explainReason(status.reason, provider.name) : null) ?? lack,
    account: account && account.account,
    scopes: words(account && status ? scopes.filter(scope => !missing.includes(scope)) : scopes),
    flows,
    // A practice account stands for one of any address.
    fields: way.practice ? [] : fieldsOf(provider).map(field => ({ ...field, default: account?.facts[field.id] ?? field.default })),
    ...way,
  }
}
