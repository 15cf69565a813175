import { createHmac } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import type { RunningApp } from '../../host/running-app.ts'
import type { Ender } from '../own-accounts/own-accounts.ts'
import { createAppAccounts } from './accounts.ts'
import { endDeparted } from './departed.ts'
import { createAppUserTables } from './tables.ts'
import { openUsers, type UsersOfApp } from './users.ts'

export type AppUsers = {
  /** The people of an app that is awake. They sleep with it. */
  of(app: RunningApp): Promise<UsersOfApp>
}

export type AppUsersOptions = {
  /** The relay's own. Each app signs with another secret that is made of it. */
  secret: string
  url: string
  warn(message: string): void
  report(error: AppError): void
  /** Ends what a user had connected. What it throws keeps the user from being removed. Whoever goes otherwise has it ended again later. */
  endAccounts(person: { appId: string; userId: string }, by: Ender): Promise<void>
  now?: () => number
}

export function createAppUsers({ secret, url, warn, report, endAccounts, now }: AppUsersOptions): AppUsers {
  const opened = new WeakMap<RunningApp, Promise<UsersOfApp>>()

  async function open({ appId, database }: RunningApp): Promise<UsersOfApp> {
    await createAppUserTables(database)
    const own = createHmac('sha256', secret).update(`app users of ${appId}`).digest('base64url')
    const made = new Map<string, ReturnType<typeof createAppAccounts>>()
    const accounts = (base: string) => {
      const known = made.get(base) ?? createAppAccounts({ appId, database, secret: own, url, base, warn })
      made.set(base, known)
      return known
    }
    const users = openUsers(database, accounts, now)
    /** They are gone, and who comes in is in: what fails here keeps nobody out, and is done when the next one comes, or the app wakes. */
    const endOfDeparted = () =>
      endDeparted(database, (userId, by) => endAccounts({ appId, userId }, by)).catch((cause: unknown) =>
        report(new AppError('unavailable', `Accounts of a user who is gone from the app “${appId}” could not be ended yet.`, { cause })),
      )
    await endOfDeparted()
    return {
      ...users,
      async accept(invitation, person, signedInAs) {
        const userId = await users.accept(invitation, person, signedInAs)
        await endOfDeparted()
        return userId
      },
      async enter(member, signedInAs) {
        const userId = await users.enter(member, signedInAs)
        await endOfDeparted()
        return userId
      },
      async remove(userId, by) {
        await endAccounts({ appId, userId }, by)
        const email = await users.remove(userId, by)
        // A sign-in may have been finished in between.
        await endAccounts({ appId, userId }, by)
        return email
      },
    }
  }

  return {
    of(app) {
      const known = opened.get(app)
      if (known) return known
      const users = open(app)
      opened.set(app, users)
      users.catch(() => opened.delete(app))
      return users
    },
  }
}
