import { linkPaths, type AppPeople, type HandedLink } from '../../core/contract/published.ts'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Apps } from '../apps/apps.ts'
import type { Audit } from '../audit/audit.ts'
import type { AuditAction } from '../audit/actions.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Place, Sites } from '../published/sites.ts'
import { siteUrl } from '../published/slug.ts'
import type { AppUsers } from './appusers.ts'
import type { MadeLink } from './links.ts'
import type { UsersOfApp } from './users.ts'

/** Who of a workspace does something about the people of one of its apps. */
export type About = { member: Member; appId: string; ip: string | null }

/**
 * Who uses an app, for members who may say so: those who publish. Each change is told in the audit log. Errors: `forbidden`, `not_found` for
 * an app that is not theirs or a person who is not there, `conflict`.
 */
export type PeopleOfApps = {
  list(about: About): Promise<AppPeople>
  /** A link to hand over. It is shown once, and works once, for seven days. */
  invite(about: About, email: string): Promise<HandedLink>
  withdraw(about: About, id: string): Promise<void>
  /** Their sessions and the accounts they connected end; their records stay. */
  remove(about: About, userId: string): Promise<void>
  /** A link with which a user chooses a new password, once, for a day. */
  passwordLink(about: About, userId: string): Promise<HandedLink>
}

type Options = {
  apps: Pick<Apps, 'use'>
  appUsers: AppUsers
  sites: Sites
  audit: Audit
  /** The relay's own, for the log. */
  database: Database
  url: string
}

export function createPeopleOfApps({ apps, appUsers, sites, audit, database, url }: Options): PeopleOfApps {
  async function withUsers<T>({ member, appId }: About, work: (users: UsersOfApp, place: Place) => Promise<T>): Promise<T> {
    demand(member, 'apps.people')
    const place = await sites.of(appId)
    if (place?.workspaceId !== member.workspaceId) throw new AppError('not_found', 'There is no app of this name.')
    return apps.use(appId, async app => work(await appUsers.of(app), place))
  }

  const note = ({ member, appId, ip }: About, action: AuditAction, subject: string) =>
    database.transaction(() => audit.note({ workspaceId: member.workspaceId, actor: member.userId, action, subject, appId, ip }))

  const toHand = ({ slug }: Place, kind: keyof typeof linkPaths, { email, token, expiresAt }: MadeLink): HandedLink => ({
    email,
    url: `${siteUrl(url, slug)}/${linkPaths[kind]}?token=${token}`,
    expiresAt: new Date(expiresAt).toISOString(),
  })

  return {
    list: about => withUsers(about, users => users.people()),
    invite: (about, email) =>
      withUsers(about, async (users, place) => {
        const link = await users.invite(email)
        await note(about, 'app_user.invited', email)
        return toHand(place, 'invitation', link)
      }),
    withdraw: (about, id) => withUsers(about, async users => note(about, 'app_user.invitation_withdrawn', await users.withdraw(id))),
    remove: (about, userId) =>
      withUsers(about, async users => {
        await note(about, 'app_user.removed', await users.remove(userId, { member: about.member.userId, ip: about.ip }))
      }),
    passwordLink: (about, userId) =>
      withUsers(about, async (users, place) => {
        const link = await users.passwordLink(userId)
        await note(about, 'app_user.password_link_made', link.email)
        return toHand(place, 'password', link)
      }),
  }
}
