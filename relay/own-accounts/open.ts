import { openTokenTables } from '../../tokens/tables.ts'
import type { Envelope } from '../keys/envelope.ts'
import type { PurposeHandler } from '../oauth/sign-ins.ts'
import type { Parties } from '../oauth/parties.ts'
import { createOwnCredentials, type OwnCredentials } from './credentials.ts'
import { createOwnAccounts, type OwnAccounts, type OwnAccountsOptions } from './own-accounts.ts'
import { appUserPurpose, type AppUserPurposeOptions } from './purpose.ts'
import { createTakeBack } from './take-back.ts'

type Options = Omit<OwnAccountsOptions, 'takeBack'> & {
  envelope: Envelope
  parties: Pick<Parties, 'forGrant' | 'forSignIn'>
  emailIn: AppUserPurposeOptions['emailIn']
}

/** Puts the room together: what users do, what the host asks, and what a sign-in of a user brings. Its tables are there already. */
export async function openOwnAccounts(
  options: Options,
): Promise<{ ownAccounts: OwnAccounts; credentials: OwnCredentials; purpose: PurposeHandler }> {
  const takeBack = createTakeBack(options)
  const tokens = await openTokenTables(options.database)
  return {
    ownAccounts: createOwnAccounts({ ...options, takeBack }),
    credentials: createOwnCredentials(options),
    purpose: appUserPurpose({ ...options, tokens, takeBack }),
  }
}
