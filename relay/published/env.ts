import type { Context } from 'hono'
import type { AppUser } from '../../core/contract/published.ts'
import { AppError } from '../../core/errors.ts'
import type { RunningApp } from '../../host/running-app.ts'
import type { UsersOfApp } from '../appusers/users.ts'
import type { Member } from '../members/roles.ts'
import type { RelayEnv } from '../web/request.ts'
import type { Place } from './sites.ts'

/** A published app as one request reaches it. `base` is its path, with a slash at its end; `origin` and `base` together are its address. */
export type Site = Place & { origin: string; base: string }

export type PublishedEnv = {
  Bindings: RelayEnv['Bindings']
  Variables: RelayEnv['Variables'] & {
    site: Site
    /** Below `api/`: the app, awake until the request is answered. */
    app: RunningApp
    users: UsersOfApp
    /** Who is signed in to this app. */
    appUser: AppUser | null
    /** Who of the workspace that is now. */
    member: Member | null
    sessionId: string | null
    /** Whether this visitor may use the app at all. */
    admitted: boolean
  }
}

/** Whoever is signed in. Errors: `unauthorized`. */
export function requireAppUser(c: Context<PublishedEnv>): AppUser {
  const user = c.get('appUser')
  if (user) return user
  throw new AppError('unauthorized', `Sign in to ${c.get('app').model().config.name} first.`)
}
