import { Hono } from 'hono'
import { z } from 'zod'
import type { Emulated, Row } from '../emulated.ts'
import { bearerOf, googleError } from '../guard.ts'
import { deliverSentMail } from './delivery.ts'
import { onlyOwnFiles } from './google-scopes.ts'

/** Files of the first set-up carry this in their id: `drive.file` alone does not reach them. */
export const seededFile = 'practice'

const event = z.looseObject({ id: z.string() })
const time = z.object({ date: z.string().optional(), dateTime: z.string().optional() })
const patch = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  location: z.string().optional(),
  status: z.string().optional(),
  start: time.optional(),
  end: time.optional(),
  attendees: z.array(z.object({ email: z.string(), displayName: z.string().optional() })).optional(),
})
const file = z.looseObject({ id: z.string(), name: z.string(), modifiedTime: z.string().default('') })
const refreshToken = z.object({ email: z.string(), scope: z.string() })

/** What Google does and `emulate` does not: single events and their change, Drive's search, delivery of mail, revocation of a grant. */
export function googleGaps(emulated: Emulated): Hono {
  const { store, tokens, fetch } = emulated
  const app = new Hono()
  const events = store.collection('google.calendar_events')

  // The real address of UserInfo.
  app.get('/v1/userinfo', c => fetch(new Request(new URL('/oauth2/v2/userinfo', c.req.url), c.req.raw)))

  function ownEvent(login: string | undefined, calendarId: string, id: string): Row | undefined {
    const calendar = store
      .collection('google.calendars')
      .findBy('user_email', login)
      .find(each => each['google_id'] === calendarId || (calendarId === 'primary' && each['primary'] === true))
    return events
      .findBy('google_id', id)
      .find(each => each['user_email'] === login && each['calendar_google_id'] === calendar?.['google_id'])
  }

  async function eventAnswer(request: Request, calendarId: string, id: string): Promise<Response> {
    const url = new URL(`/calendar/v3/calendars/${encodeURIComponent(calendarId)}/events?maxResults=250`, request.url)
    for (let pageToken = ''; ;) {
      if (pageToken) url.searchParams.set('pageToken', pageToken)
      const answer = await fetch(new Request(url, { headers: request.headers }))
      const page = z.object({ items: z.array(event), nextPageToken: z.string().optional() }).safeParse(await answer.json())
      const found = page.data?.items.find(each => each.id === id)
      if (found) return Response.json(found)
      if (!page.data?.nextPageToken) return googleError(404, 'Not Found', 'notFound', 'NOT_FOUND')
      pageToken = page.data.nextPageToken
    }
  }

  app.get('/calendar/v3/calendars/:calendarId/events/:eventId', c =>
    eventAnswer(c.req.raw, c.req.param('calendarId'), c.req.param('eventId')),
  )

  // Google takes an event's id from who adds it, and a second time says that it is there.
  app.post('/calendar/v3/calendars/:calendarId/events', async c => {
    const { calendarId } = c.req.param()
    const login = tokens.get(bearerOf(c.req.raw) ?? '')?.login
    const named = z.object({ id: z.string().regex(/^[a-v0-9]{5,1024}$/) }).safeParse(
      await c.req.raw
        .clone()
        .json()
        .catch(() => null),
    )
    if (named.success && ownEvent(login, calendarId, named.data.id))
      return googleError(409, 'The requested identifier already exists.', 'duplicate', 'ALREADY_EXISTS')
    const answer = await fetch(c.req.raw)
    if (!named.success || !answer.ok) return answer
    const made = event.parse(await answer.json())
    const row = ownEvent(login, calendarId, made.id)
    if (row) events.update(row.id, { google_id: named.data.id })
    return eventAnswer(new Request(c.req.url, { headers: c.req.raw.headers }), calendarId, named.data.id)
  })

  app.on(['PATCH', 'PUT'], '/calendar/v3/calendars/:calendarId/events/:eventId', async c => {
    const { calendarId, eventId } = c.req.param()
    const found = ownEvent(tokens.get(bearerOf(c.req.raw) ?? '')?.login, calendarId, eventId)
    if (!found) return googleError(404, 'Not Found', 'notFound', 'NOT_FOUND')
    const read = patch.safeParse(await c.req.json().catch(() => null))
    if (!read.success) return googleError(400, 'Bad Request', 'invalid', 'INVALID_ARGUMENT')
    const { start, end, attendees, ...texts } = read.data
    events.update(found.id, {
      ...texts,
      ...(start && { start_date_time: start.dateTime ?? null, start_date: start.date ?? null }),
      ...(end && { end_date_time: end.dateTime ?? null, end_date: end.date ?? null }),
      ...(attendees && { attendees: attendees.map(guest) }),
    })
    return eventAnswer(new Request(c.req.url, { headers: c.req.raw.headers }), calendarId, eventId)
  })

  app.get('/drive/v3/files', async c => {
    const { q = '', pageSize = '100', orderBy = '' } = c.req.query()
    const url = new URL(c.req.url)
    url.searchParams.set('pageSize', '1000')
    const answer = await fetch(new Request(url, { headers: c.req.raw.headers }))
    const found = z.looseObject({ files: z.array(file) }).safeParse(await answer.clone().json())
    if (!found.success) return answer
    const exact = /\bname = '((?:\\.|[^'\\])*)'/.exec(q)?.[1]?.replaceAll(/\\(.)/g, '$1')
    const part = /\bname contains '((?:\\.|[^'\\])*)'/.exec(q)?.[1]?.replaceAll(/\\(.)/g, '$1').toLowerCase()
    const own = onlyOwnFiles(tokens.get(bearerOf(c.req.raw) ?? '')?.scopes ?? [])
    const files = found.data.files
      .filter(({ name }) => exact === undefined || name === exact)
      .filter(({ name }) => part === undefined || name.toLowerCase().includes(part))
      .filter(({ id }) => !own || !id.startsWith(seededFile))
    if (orderBy.startsWith('modifiedTime desc')) files.sort((a, b) => b.modifiedTime.localeCompare(a.modifiedTime))
    return c.json({ kind: 'drive#fileList', files: files.slice(0, Number(pageSize) || 100) })
  })

  app.post('/gmail/v1/users/:userId/messages/send', async c => {
    const answer = await fetch(c.req.raw)
    const sent = z.looseObject({ id: z.string() }).safeParse(
      await answer
        .clone()
        .json()
        .catch(() => null),
    )
    if (answer.ok && sent.success) deliverSentMail(store, sent.data.id)
    return answer
  })

  // Google takes back the whole grant, whichever of its tokens is named.
  app.on('POST', ['/oauth2/revoke', '/revoke'], async c => {
    const token = new URLSearchParams(await c.req.text()).get('token') ?? c.req.query('token') ?? ''
    const refreshTokens = store.getData('google.oauth.refreshTokens')
    const grants = refreshTokens instanceof Map ? refreshTokens : new Map<string, unknown>()
    const byRefresh = refreshToken.safeParse(grants.get(token)).data
    const byAccess = tokens.get(token)
    const email = byRefresh?.email ?? byAccess?.login
    const scope = byRefresh?.scope ?? byAccess?.scopes.join(' ')
    if (email === undefined) return c.json({ error: 'invalid_token', error_description: 'Token expired or revoked' }, 400)
    for (const [key, owner] of tokens) if (owner.login === email && owner.scopes.join(' ') === scope) tokens.delete(key)
    for (const [key, grant] of grants) {
      const read = refreshToken.safeParse(grant).data
      if (read?.email === email && read.scope === scope) grants.delete(key)
    }
    return c.body(null, 200)
  })

  return app
}

const guest = ({ email, displayName = null }: { email: string; displayName?: string | null }) => ({
  email,
  display_name: displayName,
  response_status: null,
  organizer: false,
  self: false,
})
