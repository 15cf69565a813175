import type { MiddlewareHandler } from 'hono'
import type { Emulated } from '../emulated.ts'
import { bearerOf, googleError } from '../guard.ts'

const short = (scope: string) => scope.replace('https://www.googleapis.com/auth/', '')

/** What each part of the APIs asks for; one of the scopes is enough. The first row that fits decides. */
const rules: readonly (readonly [methods: RegExp, path: RegExp, anyOf: readonly string[]])[] = [
  [/POST/, /^\/gmail\/v1\/users\/[^/]+\/messages\/send$/, ['gmail.send', 'gmail.compose', 'gmail.modify']],
  [/POST|PUT|DELETE/, /^\/gmail\/v1\/users\/[^/]+\/drafts/, ['gmail.compose', 'gmail.modify']],
  [/GET/, /^\/gmail\/v1\/users\/[^/]+\/labels/, ['gmail.labels', 'gmail.readonly', 'gmail.modify', 'gmail.metadata']],
  [/GET/, /^\/gmail\/v1\//, ['gmail.readonly', 'gmail.modify']],
  [/.*/, /^\/gmail\/v1\//, ['gmail.modify']],
  [/GET/, /^\/calendar\/v3\/users\//, ['calendar.calendarlist.readonly', 'calendar.calendarlist', 'calendar.readonly', 'calendar']],
  [/GET/, /^\/calendar\/v3\/calendars\//, ['calendar.events.readonly', 'calendar.events', 'calendar.readonly', 'calendar']],
  [/.*/, /^\/calendar\/v3\/calendars\//, ['calendar.events', 'calendar']],
  [/GET/, /^\/drive\/v3\//, ['drive.metadata.readonly', 'drive.readonly', 'drive.file', 'drive']],
  [/.*/, /^\/(upload\/)?drive\/v3\//, ['drive.file', 'drive']],
  [/GET/, /^\/v4\/spreadsheets/, ['spreadsheets', 'spreadsheets.readonly', 'drive.file', 'drive']],
  [/.*/, /^\/v4\/spreadsheets/, ['spreadsheets', 'drive.file', 'drive']],
]

/** Google's APIs refuse a token that lacks the scope; the emulator's do not look. */
export function enforceGoogleScopes({ tokens }: Emulated): MiddlewareHandler {
  return async (c, next) => {
    const owner = tokens.get(bearerOf(c.req.raw) ?? '')
    const rule = rules.find(([methods, path]) => methods.test(c.req.method) && path.test(c.req.path))
    if (owner && rule) {
      const granted = new Set(owner.scopes.map(short))
      const readsContent = c.req.path.startsWith('/drive/v3/files/') && c.req.query('alt') === 'media'
      const anyOf = readsContent ? rule[2].filter(scope => scope !== 'drive.metadata.readonly') : rule[2]
      if (!granted.has('https://mail.google.com/') && !anyOf.some(scope => granted.has(scope)))
        return googleError(403, 'Request had insufficient authentication scopes.', 'insufficientPermissions', 'PERMISSION_DENIED')
    }
    if (!owner && rule) return googleError(401, 'Request is missing required authentication credential.', 'required', 'UNAUTHENTICATED')
    await next()
    return
  }
}

/** Whether a token reaches only what Plugboard itself made, as `drive.file` alone does. */
export const onlyOwnFiles = (scopes: readonly string[]): boolean =>
  !scopes.some(scope => ['drive', 'drive.readonly', 'drive.metadata.readonly'].includes(short(scope)))
