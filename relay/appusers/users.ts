import { sql } from 'kysely'
import type { AppPeople, AppSession, OpenLink } from '../../core/contract/published.ts'
import { AppError } from '../../core/errors.ts'
import { ask, type Database, type Row, type Steps } from '../../host/store/engine.ts'
import type { Ender } from '../own-accounts/own-accounts.ts'
import { hashPassword } from '../members/accounts.ts'
import { addUser, findUser, insertUser, setPassword } from '../members/people.ts'
import type { Member } from '../members/roles.ts'
import type { AppAccounts } from './accounts.ts'
import { noteDeparted } from './departed.ts'
import { closeLinks, findLink, isInvited, makeLink, openInvitations, useLink, type MadeLink } from './links.ts'

/** So many people can wait to be let in. */
const mostAsks = 200

type Person = { name: string; email: string; password: string }

/** The people of one app. Errors are one sentence each. */
export type UsersOfApp = {
  /** Sessions, for pages of the app below this path. */
  accounts(base: string): AppAccounts
  /** A new user, whose e-mail nobody vouches for. Returns the id. Errors: `conflict`, `validation`. */
  signUp(person: Person): Promise<string>
  /**
   * Lets in whom a member has invited. `signedInAs`: the user of this browser. Errors: `conflict` when the link is not for this e-mail, was
   * used or is too old.
   */
  accept(invitation: string, person: Person, signedInAs: string | null): Promise<string>
  /** The user that a member of the workspace is, made when there is none. */
  enter(member: Member, signedInAs: string | null): Promise<string>
  /** Whether a member would be let in who is invited by e-mail. */
  isInvited(email: string): Promise<boolean>
  link(token: string): Promise<OpenLink>
  /** Sets the password and ends all sessions. Returns the user’s id. Errors: `conflict`, `validation`. */
  reset(token: string, password: string): Promise<string>
  /** Notes the wish for a new password, for members to see. Tells nobody whether there is such a user. */
  forget(email: string): Promise<void>
  /** Notes who wants to be let in. Errors: `unavailable` when too many do. */
  ask(person: { name: string; email: string }): Promise<void>
  sessions(userId: string, current: string): Promise<AppSession[]>
  endSession(userId: string, id: string): Promise<void>
  people(): Promise<AppPeople>
  /** A link with which someone comes in by this e-mail. Errors: `conflict` for someone who was let in already. */
  invite(email: string): Promise<MadeLink>
  /** Returns whose it was. Errors: `not_found`. */
  withdraw(id: string): Promise<string>
  /** Null: there is no such user. */
  emailOf(userId: string): Promise<string | null>
  /** The e-mail of a user, by one of their sessions. Null: the session is over. */
  emailIn(sessionId: string, userId: string): Promise<string | null>
  /** Takes a user with their sessions; their records stay. Returns the e-mail. Errors: `not_found`. */
  remove(userId: string, by: Ender): Promise<string>
  passwordLink(userId: string): Promise<MadeLink>
}

export function openUsers(database: Database, accounts: (base: string) => AppAccounts, now: () => number = Date.now): UsersOfApp {
  const taken = () => new AppError('conflict', 'There is an account with this e-mail already. Sign in, or ask for a new password.')
  const gone = () => new AppError('not_found', 'This person is no user of the app any more. Load the page again.')
  const over = () => new AppError('conflict', 'This link was used or is too old. Ask who gave it to you for a new one.')

  /**
   * The account of an e-mail that somebody vouches for now. One that was made by whoever typed this e-mail, and proved nothing, goes with
   * its sessions and all it had connected: whoever made it must not share an account with the person whose e-mail it is. Unless that is who
   * is signed in.
   */
  function* vouchedUser(
    { name, email, memberId }: { name: string; email: string; memberId: string | null },
    signedInAs: string | null,
  ): Steps<string> {
    const gone = yield sql`delete from users where email = ${email} and "emailVerified" = 0 and id <> ${signedInAs ?? ''} returning id`
    for (const { id } of gone) yield* noteDeparted(String(id), memberId)
    const known = yield* findUser(email)
    if (known === null) return yield* insertUser({ name, email, at: now() })
    yield sql`update users set "emailVerified" = 1 where id = ${known}`
    return known
  }

  function* findEmail(userId: string): Steps<string | null> {
    const [row] = yield sql`select email from users where id = ${userId}`
    return row ? String(row['email']) : null
  }
  function* demandEmail(userId: string): Steps<string> {
    const email = yield* findEmail(userId)
    if (email === null) throw gone()
    return email
  }

  function* setNewPassword(userId: string, passwordHash: string): Steps<void> {
    yield* setPassword(userId, passwordHash, now())
    yield sql`delete from sessions where "userId" = ${userId}`
    yield sql`update users set "askedAt" = null where id = ${userId}`
  }

  return {
    accounts,

    async signUp({ name, email, password }) {
      const passwordHash = await hashPassword(password)
      return database.transaction(function* () {
        yield* database.lock(`user ${email}`)
        if (yield* findUser(email)) throw taken()
        return yield* addUser({ name, email, passwordHash, at: now(), isVerified: false })
      })
    },

    async accept(invitation, { name, email, password }, signedInAs) {
      const passwordHash = await hashPassword(password)
      return database.transaction(function* () {
        yield* database.lock(`user ${email}`)
        if ((yield* useLink('invitation', invitation, now())) !== email) throw over()
        const userId = yield* vouchedUser({ name, email, memberId: null }, signedInAs)
        yield* setNewPassword(userId, passwordHash)
        yield sql`update users set "isInvited" = 1, name = ${name} where id = ${userId}`
        yield sql`delete from asks where email = ${email}`
        return userId
      })
    },

    enter: ({ userId: memberId, name, email }, signedInAs) =>
      database.transaction(function* () {
        const [known] = yield sql`select id from users where "memberId" = ${memberId}`
        if (known) return String(known['id'])
        yield* database.lock(`user ${email}`)
        const userId = yield* vouchedUser({ name, email, memberId }, signedInAs)
        yield sql`update users set "memberId" = ${memberId} where id = ${userId}`
        if (yield* isInvited(email, now())) {
          yield sql`update users set "isInvited" = 1 where id = ${userId}`
          yield* closeLinks(email, now())
        }
        return userId
      }),

    isInvited: email => ask(database, isInvited(email, now())),
    link: token => ask(database, findLink(token, now())),

    async reset(token, password) {
      const passwordHash = await hashPassword(password)
      return database.transaction(function* () {
        const email = yield* useLink('password', token, now())
        const userId = email === null ? null : yield* findUser(email)
        if (userId === null) throw over()
        yield* setNewPassword(userId, passwordHash)
        return userId
      })
    },

    async forget(email) {
      await database.query(sql`update users set "askedAt" = ${now()} where email = ${email}`)
    },

    ask: ({ name, email }) =>
      database.transaction(function* () {
        yield* database.lock('asks')
        const [row] = yield sql`select count(*) as n from asks where email <> ${email}`
        if (Number(row?.['n']) >= mostAsks)
          throw new AppError('unavailable', 'Many people want to be let in at the moment. Write to whoever told you of this app.')
        yield sql`insert into asks (email, name, asked_at) values (${email}, ${name}, ${now()})
          on conflict (email) do update set name = excluded.name, asked_at = excluded.asked_at`
      }),

    async sessions(userId, current) {
      const rows = await database.query(sql`select id, "userAgent", "createdAt", "updatedAt" from sessions
        where "userId" = ${userId} and "expiresAt" > ${iso(now())} order by "createdAt" desc, id`)
      return rows.map(row => ({
        id: String(row['id']),
        userAgent: String(row['userAgent'] ?? ''),
        createdAt: String(row['createdAt']),
        lastUsedAt: String(row['updatedAt']),
        isThis: row['id'] === current,
      }))
    },

    async endSession(userId, id) {
      await database.query(sql`delete from sessions where id = ${id} and "userId" = ${userId}`)
    },

    people: () =>
      ask(
        database,
        (function* () {
          const users = yield sql`select * from users order by "createdAt", id`
          const invitations = yield* openInvitations(now())
          const asks = yield sql`select * from asks order by asked_at, email`
          return { users: users.map(toUser), invitations: invitations.map(toInvitation), asks: asks.map(toAsk) }
        })(),
      ),

    invite: email =>
      database.transaction(function* () {
        const [user] = yield sql`select 1 as one from users where email = ${email} and "isInvited" = 1`
        if (user) throw new AppError('conflict', `${email} may use the app already.`)
        yield sql`delete from asks where email = ${email}`
        return yield* makeLink('invitation', email, now())
      }),

    withdraw: id =>
      database.transaction(function* () {
        const [row] = yield sql`update links set closed_at = ${now()}
          where id = ${id} and kind = 'invitation' and closed_at is null returning email`
        if (!row) throw new AppError('not_found', 'This invitation is not open any more. Load the page again.')
        return String(row['email'])
      }),

    emailOf: userId => ask(database, findEmail(userId)),

    async emailIn(sessionId, userId) {
      const [row] = await database.query(sql`select email from users join sessions on "userId" = users.id
        where sessions.id = ${sessionId} and users.id = ${userId} and "expiresAt" > ${iso(now())}`)
      return row ? String(row['email']) : null
    },

    remove: userId =>
      database.transaction(function* () {
        const email = yield* demandEmail(userId)
        yield* closeLinks(email, now())
        yield sql`delete from users where id = ${userId}`
        return email
      }),

    passwordLink: userId =>
      database.transaction(function* () {
        return yield* makeLink('password', yield* demandEmail(userId), now())
      }),
  }
}

const iso = (at: unknown): string => new Date(Number(at)).toISOString()

const toUser = (row: Row): AppPeople['users'][number] => ({
  id: String(row['id']),
  email: String(row['email']),
  name: String(row['name']),
  createdAt: String(row['createdAt']),
  isMember: row['memberId'] !== null,
  isInvited: row['isInvited'] === 1,
  hasAsked: row['askedAt'] !== null,
})

const toInvitation = (row: Row): AppPeople['invitations'][number] => ({
  id: String(row['id']),
  email: String(row['email']),
  expiresAt: iso(row['expires_at']),
})

const toAsk = (row: Row): AppPeople['asks'][number] => ({
  email: String(row['email']),
  name: String(row['name']),
  at: iso(row['asked_at']),
})
