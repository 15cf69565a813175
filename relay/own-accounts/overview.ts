import type { Catalogue } from '../../connectors/catalogue.ts'
import { explainReason } from '../../tokens/reason.ts'
import type { TokenState, TokenStatus } from '../../tokens/row.ts'
import type { OwnAccount } from './rows.ts'

/** The account of an app's user as members see it: that it is there and works. As whom, and what it holds, is the user's own. Times are epoch ms. */
export type OverviewLine = {
  connectionId: string
  appId: string
  connector: string
  /** What the tool is called. */
  tool: string
  /** Of the user, in the app. */
  email: string
  practice: boolean
  state: TokenState
  reason: string | null
  connectedAt: number
  usedAt: number | null
}

export function viewForMembers(
  { connectionId, appId, connector, email, practice, connectedAt }: OwnAccount,
  status: TokenStatus | null,
  uses: ReadonlyMap<string, number>,
  tools: Catalogue['tools'],
): OverviewLine {
  const tool = tools[connector]
  return {
    connectionId,
    appId,
    connector,
    tool: tool?.name ?? connector,
    email,
    practice,
    state: status?.state ?? 'needs_reconnect',
    reason: status?.reason ? explainReason(status.reason, tool?.provider.name ?? 'The provider') : null,
    connectedAt,
    usedAt: uses.get(connectionId) ?? null,
  }
}
