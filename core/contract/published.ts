import { z } from 'zod'
import { visibilities } from '../app/visibility.ts'
import { connectorId, entityName } from '../app/names.ts'
import { entity } from '../app/entity.ts'
import { page } from '../app/page.ts'
import { email, personName } from '../person.ts'
import { errorShape } from './base.ts'

// What a relay answers the page of a published app below `/a/<slug>/api`, and members about the people of an app. Addresses are relative
// to the app's own: `/a/<slug>/`, or `/` where it has a host of its own. An error is an `apiError` with the status of its code.

export const apiError = errorShape.omit({ details: true })
export type ApiError = z.infer<typeof apiError>

/** `admin`: members of the workspace who may publish. Rules of entities ask for it as `user_condition: { role: "admin" }`. */
export const appUserRole = z.enum(['admin', 'user'])

/** A person who uses one published app. The id means nothing in another app. */
export const appUser = z.object({ id: z.string(), email: z.string(), name: z.string(), role: appUserRole })
export type AppUser = z.infer<typeof appUser>

/** One connector whose account each user brings, as in `connectors/<type>.jsonc` with `mode: "app-user"`. */
export const ownConnector = z.object({ connector: connectorId, name: z.string(), icon: z.string() })
export type OwnConnector = z.infer<typeof ownConnector>

/** `GET app`: what the page begins with. */
export const publishedSite = z.object({
  name: z.string(),
  visibility: z.enum(visibilities),
  workspace: z.string(),
  user: appUser.nullable(),
  /** Whether whoever asks may use the app. If not, there are no pages, entities and connectors in this answer. */
  admitted: z.boolean(),
  /** The member whom this browser is signed in as on the relay, when that would let them in without a password. */
  continueAs: z.object({ name: z.string(), email: z.string() }).nullable(),
  /** A link by which a member of the workspace gets in with their session on the relay, and comes back. */
  memberEntry: z.string(),
  /** In the order in which they are shown. */
  pages: z.array(page),
  /** Without their rules. */
  entities: z.array(entity),
  connectors: z.array(ownConnector),
})
export type PublishedSite = z.infer<typeof publishedSite>

// auth: bodies are JSON. Each answer that signs in or out sets the cookie. New passwords have the length of core/person.ts.
const password = z.string().min(1, 'Type your password.').max(1000)
const token = z.string().max(200)

/** `POST auth/sign-up`. Public apps take anyone; else it needs the `invitation` that a link to `join` has. Answer: `signedIn`. */
export const signUpRequest = z.object({ name: personName, email, password, invitation: token.optional() })
/** `POST auth/sign-in`. Answer: `signedIn`. Errors: `unauthorized`. */
export const signInRequest = z.object({ email, password })
export const signedIn = z.object({ user: appUser })
/** `POST auth/forgot`, answered alike whether there is such a user. Members see who has asked and hand the link over. */
export const forgotRequest = z.object({ email })
/** `POST auth/reset`, with the token of a link to `reset`. Ends all sessions of the user and begins one. Answer: `signedIn`. */
export const resetRequest = z.object({ token, password })
/** `POST auth/ask`: asks the members of the workspace to be let into a private app. Errors: `forbidden` where nobody needs to. */
export const askRequest = z.object({ name: personName, email })
/** `POST auth/sign-out`, and the answer to `forgot` and `ask`. */
export const done = z.object({})

/** Where links lead that a member hands over, with `?token=…`. */
export const linkPaths = { invitation: 'join', password: 'reset' } as const
/** `GET auth/link?token=…`: whom a link is for, or null when it was used, withdrawn or is too old. */
export const openLink = z.object({ kind: z.enum(['invitation', 'password']), email: z.string() }).nullable()
export type OpenLink = z.infer<typeof openLink>

/** `GET auth/sessions`: the user's own browsers, newest first. `DELETE auth/sessions/<id>` ends one. Times are ISO. */
export const appSession = z.object({
  id: z.string(),
  userAgent: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  isThis: z.boolean(),
})
export type AppSession = z.infer<typeof appSession>

/**
 * `GET entities/<Entity>` with `q` (JSON, Mongo-style), `sort`, and `limit` with `skip` or `cursor`. `total`: all that the query finds.
 * `POST` adds a record (201), and `GET`, `PUT`, `DELETE entities/<Entity>/<id>` work on one; what may not be read is `not_found`.
 */
export const recordPage = z.object({
  items: z.array(z.record(z.string(), z.json())),
  nextCursor: z.string().nullable(),
  total: z.number().int(),
})
export type RecordPage = z.infer<typeof recordPage>

/** `GET changes`: server-sent events of the type `changed`. Ends with the session, and whenever a new version is live: connect again. */
export const changedEntities = z.object({ entities: z.array(entityName) })
export type ChangedEntities = z.infer<typeof changedEntities>

// Below `/api/relay/apps/<appId>/users`, for members who may publish. Links are shown once: there is no mail.

/** `GET`. `hasAsked`: wants a new password. `isMember`: signs in by their session on the relay. `asks`: who wants to be let in. Times are ISO. */
export const appPeople = z.object({
  users: z.array(
    z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      createdAt: z.string(),
      isMember: z.boolean(),
      isInvited: z.boolean(),
      hasAsked: z.boolean(),
    }),
  ),
  invitations: z.array(z.object({ id: z.string(), email: z.string(), expiresAt: z.string() })),
  asks: z.array(z.object({ email: z.string(), name: z.string(), at: z.string() })),
})
export type AppPeople = z.infer<typeof appPeople>

/** `POST invitations`. `DELETE invitations/<id>` withdraws it, `DELETE <userId>` removes a user with their sessions. */
export const inviteRequest = z.object({ email })
/** Its answer, and that of `POST <userId>/password-link`. */
export const handedLink = z.object({ email: z.string(), url: z.string(), expiresAt: z.string() })
export type HandedLink = z.infer<typeof handedLink>
