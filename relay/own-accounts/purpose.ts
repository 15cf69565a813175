import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { TokenDatabase } from '../../tokens/database.ts'
import { livesOf } from '../../tokens/grant-fields.ts'
import { adoptGrant, forgetGrant } from '../../tokens/grants.ts'
import type { Audit } from '../audit/audit.ts'
import type { Envelope } from '../keys/envelope.ts'
import type { PurposeHandler } from '../oauth/sign-ins.ts'
import { accountOf, agree, disagree, dropAccount, saveAccount, type OwnAccount, type Person } from './rows.ts'
import type { TakeBack } from './take-back.ts'

/** What a sign-in of an app's user is for. `flows`: those that the user lets use the account with nobody present. */
export const appUserPayload = z.object({ userId: z.string(), sessionId: z.string(), flows: z.array(z.string()) })

export type AppUserPurposeOptions = {
  database: Database
  tokens: TokenDatabase
  envelope: Envelope
  audit: Audit
  takeBack: TakeBack
  /** The e-mail of a user of an app. Null: the session in which this was begun is over, and someone else may sit there by now. */
  emailIn(sessionId: string, person: Person): Promise<string | null>
  /** The accounts that an app works with have changed. */
  changed(appId: string): void
}

/**
 * Keeps what a user of an app connected. The same account again keeps its id and what was agreed to. Another account is another
 * connection: what was agreed to was about the account before, which is taken back.
 */
export function appUserPurpose({ database, tokens, envelope, audit, takeBack, emailIn, changed }: AppUserPurposeOptions): PurposeHandler {
  return {
    async finish({ workspaceId, appId, practice, payload, connector, grant, client, account, facts, at, ip }) {
      const { userId, sessionId, flows } = appUserPayload.parse(payload)
      const person = { appId, userId }
      const email = await emailIn(sessionId, person)
      if (email === null) {
        const came = {
          ...person,
          email: '',
          connectionId: '',
          workspaceId,
          connector: connector.id,
          practice,
          account,
          facts,
          connectedAt: at,
        }
        await takeBack.end({ account: came, held: { accessToken: grant.accessToken, refreshToken: grant.refreshToken, client } })
        throw new AppError(
          'forbidden',
          'You are not signed in to the app any more, so nothing was connected. Sign in there and connect it again.',
        )
      }
      const sealer = await envelope.sealerOf(workspaceId)
      const lives = livesOf(grant, at, connector.provider.refreshIdleDays ?? null)
      const isSame = (other: OwnAccount) => other.account.id === account.id && other.practice === practice

      const held = await takeBack.hold(person, connector.id)
      const replaced = await database.transaction(function* (): Steps<OwnAccount | null> {
        yield* database.lock(`own account ${appId} ${userId} ${connector.id}`)
        const before = yield* accountOf(person, connector.id)
        const kept = before && isSame(before) ? before : null
        if (before && !kept) {
          yield* dropAccount(before)
          yield* forgetGrant(before.connectionId)
          yield* disagree(person, connector.id)
        }
        const connectionId = kept?.connectionId ?? randomUUID()
        yield* saveAccount({
          connectionId,
          workspaceId,
          appId,
          userId,
          email,
          connector: connector.id,
          practice,
          account,
          facts,
          connectedAt: at,
        })
        yield* adoptGrant({ database: tokens, sealer }, connectionId, { grant, client, lives })
        for (const flow of flows) yield* agree(person, connector.id, flow, at)
        const detail = account.label
        yield* audit.note({
          workspaceId,
          actor: null,
          appUser: email,
          action: 'own_account.connected',
          subject: connector.name,
          detail,
          appId,
          ip,
        })
        return kept ? null : before
      })
      changed(appId)
      // The grant before it is of no use to anyone: the new account works, whatever comes of this.
      if (replaced && held?.account.connectionId === replaced.connectionId) await takeBack.end(held).catch(() => {})
    },
  }
}
