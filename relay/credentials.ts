import { tools } from '../connectors/catalogue.ts'
import type { ConnectionState } from '../core/connection.ts'
import type { HeldAccount } from '../core/contract/credentials.ts'
import type { SharedConnection } from '../core/custody/messages.ts'
import { isSure } from '../core/custody/relay.ts'
import { AppError } from '../core/errors.ts'
import type { CredentialsClient } from '../host/gateway/gateway.ts'
import type { TokenStatus } from '../tokens/row.ts'
import type { Custody } from './custody/custody.ts'
import type { OwnCredentials } from './own-accounts/credentials.ts'
import type { CustodyRecord } from './custody/record.ts'
import type { RelayPractice } from './practice.ts'

type Shared = { record: CustodyRecord; about: SharedConnection; status: TokenStatus | null }

/** What answers for the tokens of one app on the relay: the shared accounts in its custody, and those that its users connected for themselves. Errors as the contract says. */
export function createCredentials({
  custody,
  own,
  practice,
  workspaceId,
  appId,
}: {
  custody: Custody
  own: OwnCredentials
  practice: Pick<RelayPractice, 'endpoints'>
  workspaceId: string
  appId: string
}): CredentialsClient {
  async function shared(): Promise<Shared[]> {
    const found = await custody.ofApp(workspaceId, appId)
    // What its builder tries an app with is the builder’s own. Disconnected on either side, it is kept for what it was.
    return found.flatMap(({ record, status }) =>
      record.about?.mode === 'shared' && record.state.role !== 'off' ? { record, about: record.about, status } : [],
    )
  }

  async function practiceOriginsOf({
    connector,
    practice: isPractice,
    practiceAt,
  }: SharedConnection): Promise<Record<string, string> | null> {
    const provider = tools[connector]?.provider
    return isPractice && provider ? (await practice.endpoints(appId, provider, practiceAt)).origins : null
  }

  return {
    async accessToken({ connector, connection, user, flow, rejected }) {
      if (user !== undefined) return own.accessToken({ appId, userId: user }, { connector, connection, flow, rejected })
      const found = (await shared()).find(
        ({ record, about }) =>
          about.connector === connector &&
          (connection === undefined ? about.isDefault : about.name === connection || record.connectionId === connection),
      )
      if (!found) throw missing(connector, connection)
      const { connectionId } = found.record
      const refused = rejected?.connectionId === connectionId ? rejected.generation : undefined
      const { record, token } = await custody.accessToken(connectionId, refused)
      const about = record.about ?? found.about
      return {
        connectionId,
        generation: token.generation,
        accessToken: token.accessToken,
        expiresAt: token.accessExpiresAt === null ? null : new Date(token.accessExpiresAt).toISOString(),
        scopesGranted: token.scopes,
        account: about.account,
        mode: about.mode,
        facts: about.facts,
        practiceOrigins: await practiceOriginsOf(about),
      }
    },

    agreedUsers: ({ flow }) => own.agreedUsers(appId, flow),

    async accounts({ user }) {
      if (user !== undefined) return own.accounts({ appId, userId: user })
      return (await shared()).map(({ record, about, status }): HeldAccount => {
        const { connector, name, isDefault } = about
        const since = new Date(Math.max(record.since, status?.since ?? 0)).toISOString()
        return {
          id: record.connectionId,
          connector,
          name,
          isDefault,
          state: stateOf(record, status),
          since,
          scopesGranted: status?.scopes ?? [],
        }
      })
    },
  }
}

/** What passes without a person counts as `retrying`: a hand-over under way, or a restored relay that waits for the word of a desktop. */
function stateOf({ state }: CustodyRecord, status: TokenStatus | null): ConnectionState {
  if (isSure(state)) return status?.state ?? 'needs_reconnect'
  if (state.role === 'dead') return 'needs_reconnect'
  return state.role === 'released' && state.pendingTurn === null ? 'disconnected' : 'retrying'
}

const toolName = (connector: string): string => (Object.hasOwn(tools, connector) ? tools[connector]?.name : undefined) ?? connector

function missing(connector: string, connection: string | undefined): AppError {
  const words =
    connection === undefined
      ? `No ${toolName(connector)} account was given to this relay. Connect it in Plugboard and publish again.`
      : `This relay has no ${toolName(connector)} connection called “${connection}”. Publish again from the desktop that has it.`
  return new AppError('needs_connection', words, { action: { kind: 'connect', connector } })
}
