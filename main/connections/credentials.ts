import type { InferContractRouterInputs } from '@orpc/contract'
import type { Connection } from '../../core/connection.ts'
import type { Credential, CredentialsContract } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import type { HeldToken } from '../../tokens/tokens.ts'
import type { DesktopCustodian } from '../custody/custody.ts'
import type { Parties } from './parties.ts'
import { isFirst, type Records } from './records.ts'
import type { StoredConnection } from './registry.ts'
import type { SharedHere } from './shared-here.ts'
import { iso } from './token-state.ts'
import type { ConnectionTokens } from './tokens.ts'
import { isHeldHere } from './view.ts'

type AccessTokenInput = InferContractRouterInputs<CredentialsContract>['accessToken']

type Options = {
  records: Records
  tokens: Pick<ConnectionTokens, 'fresh'>
  custody: Pick<DesktopCustodian, 'accessToken' | 'caughtUp'>
  sharedHere: Pick<SharedHere, 'token' | 'look'>
  parties: Pick<Parties, 'origins'>
  show(record: StoredConnection): Connection
}

/** What the host is given: short-lived tokens from wherever a connection is held, and which connections there are. */
export function createCredentials({ records, tokens, custody, sharedHere, parties, show }: Options) {
  const { toolOf, ofMode } = records

  function choose({ appId, connector, connection, user }: AccessTokenInput): StoredConnection | undefined {
    const candidates = ofMode(user, appId, connector)
    return candidates.find(each =>
      connection === undefined ? isFirst(each, candidates) : each.name === connection || each.id === connection,
    )
  }

  /** What is not here may be on the relay since a moment ago, given or taken over by another desktop. */
  async function chooseAnew(input: AccessTokenInput): Promise<StoredConnection | undefined> {
    await sharedHere.look().catch(() => {})
    return choose(input)
  }

  async function tokenOf(record: StoredConnection, rejected: number | undefined): Promise<HeldToken> {
    if (record.borrowed) return sharedHere.token(record.id, rejected)
    if (record.behind) await custody.caughtUp(record.id)
    const { role } = record.behind ? records.find(record.id) : record
    return isHeldHere(role) ? tokens.fresh(record, rejected) : custody.accessToken(record.id, rejected)
  }

  async function given(record: StoredConnection, rejected: number | undefined): Promise<Credential> {
    const token = await tokenOf(record, rejected)
    return {
      connectionId: record.id,
      generation: token.generation,
      accessToken: token.accessToken,
      expiresAt: token.accessExpiresAt === null ? null : iso(token.accessExpiresAt),
      scopesGranted: token.scopes,
      account: record.account,
      mode: record.mode,
      facts: record.facts,
      practiceOrigins: record.practice ? await parties.origins(record.appId, toolOf(record.connector), record.borrowed) : null,
    }
  }

  return {
    /** A short-lived token for the host. Errors: needs_connection, unauthorized (reconnect or unlock), unavailable. */
    async accessToken(input: AccessTokenInput): Promise<Credential> {
      const tool = toolOf(input.connector)
      const { connection, rejected } = input
      const first = choose(input)
      const record = first && first.state !== 'disconnected' ? first : await chooseAnew(input)
      if (!record)
        throw new AppError(
          'needs_connection',
          connection === undefined ? `Connect ${tool.name} first.` : `No ${tool.name} connection is called “${connection}”.`,
          { action: { kind: 'connect', connector: input.connector } },
        )
      if (record.state === 'disconnected')
        throw new AppError('needs_connection', `“${record.name}” is disconnected. Connect it again.`, {
          action: { kind: 'reconnect', connectionId: record.id },
        })
      const refused = rejected?.connectionId === record.id ? rejected.generation : undefined
      return given(record, refused).catch(async (error: unknown) => {
        // Another desktop has taken it over: from now on it is the relay's to lend.
        if (AppError.from(error).code !== 'needs_connection') throw error
        const again = await chooseAnew(input)
        if (!again?.borrowed || record.borrowed) throw error
        return given(again, refused)
      })
    },

    /** The connections of an app, for the host to tell what its flows lack. */
    accounts: async (appId: string, user?: string): Promise<Connection[]> => {
      const found = ofMode(user, appId)
      return found.map(each => ({ ...show(each), isDefault: isFirst(each, found) }))
    },
  }
}
