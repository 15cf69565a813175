import type { Catalogue } from '../../connectors/catalogue.ts'
import { ask, type Database } from '../../host/store/engine.ts'
import { explainWithdrawal } from '../../oauth/explain-withdrawal.ts'
import { revoke } from '../../oauth/revoke.ts'
import type { Held } from '../../tokens/held.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import type { Parties } from '../oauth/parties.ts'
import { otherUseOf } from '../oauth/same-account.ts'
import { accountOf, type OwnAccount, type Person } from './rows.ts'

/** An account with what is held of it, before that is deleted here. */
export type HeldAccount = { account: OwnAccount; held: Held | null }
/** What came of it, in words, and where the rest is done by hand if there is a rest. */
export type TakenBack = { message: string; accountPageUrl: string | null }

export type TakeBack = ReturnType<typeof createTakeBack>

type Ground = { database: Database; renewing: Pick<Tokens, 'held'>; parties: Pick<Parties, 'forGrant'>; tools: Catalogue['tools'] }

/** Takes accounts back at their providers. */
export function createTakeBack({ database, renewing, parties, tools }: Ground) {
  return {
    /** Null: the user has no such account. */
    async hold(person: Person, connector: string): Promise<HeldAccount | null> {
      const account = await ask(database, accountOf(person, connector))
      return account && { account, held: await renewing.held(account.connectionId) }
    },

    async end({ account, held }: HeldAccount): Promise<TakenBack> {
      const { connector, facts, practice } = account
      const tool = tools[connector]
      if (!tool) return { message: 'Disconnected here.', accountPageUrl: null }
      const keptBecause = await otherUseOf(database, account, tools)
      const party = held && !keptBecause && (await parties.forGrant(account, tool, held.client, facts).catch(() => null))
      const tokens = party && held.accessToken ? { accessToken: held.accessToken, refreshToken: held.refreshToken } : null
      const withdrawal = party && tokens ? await revoke({ ...party, ...tokens }) : 'unconfirmed'
      return practice
        ? { message: 'The practice account is disconnected.', accountPageUrl: null }
        : explainWithdrawal(tool.provider, facts, withdrawal, keptBecause)
    },
  }
}
