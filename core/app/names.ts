import { z } from 'zod'

/** An app's folder name and id: lower case, no path in it. */
export const appId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes.')

/** The name of an entity, as in `entities/Ticket.jsonc`. */
export const entityName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'Use letters, digits and underscores, starting with a letter.')

/** The name of a function: its folder below `functions/`. Base44 allows nested folders. */
export const functionName = z.string().regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'Use letters, digits, dashes and underscores.')

/** The name of a flow: its file name below `workflows/` without the ending. */
export const flowName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,100}$/, 'Use letters, digits, spaces, dashes and underscores.')

/** The name of a hook: the last part of its address. */
export const hookName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'Use lower-case letters, digits, dashes and underscores.')

/** The id of a connector, as in `connectors/slackbot.jsonc`. */
export const connectorId = z.string().regex(/^[a-z0-9_-]+$/, 'Use lower-case letters, digits, dashes and underscores.')

/** What an app's own address has below it: no page can be called that. */
const takenByTheApp = new Set(['api', 'assets', 'hooks', 'sign-in', 'sign-up', 'forgot', 'reset', 'join', 'ask'])

/** The name of a page, as in the address `/a/<app>/tickets`. */
export const pageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Use lower-case letters, digits and dashes.')
  .refine(name => !takenByTheApp.has(name), 'This address is used by the app itself. Choose another name.')
