import type { calendar_v3 } from '@googleapis/calendar'
import { z } from 'zod'
import { action, connector, type Call, type Choice } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { google } from '../providers/google.ts'
import { calendar } from './client.ts'
import { explainGoogle } from './errors.ts'
import { insertEvent } from './keyed-event.ts'
import { googleLimits } from './limits.ts'
import { endAfter, readMoment } from './event-times.ts'
import { googleIdentity, googleIdentityScopes, identityScopeWords } from './identity.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/calendar.${name}`

const calendarId = field('calendar', { title: 'Calendar', description: '“primary” is your own.' }).default('primary')
const eventId = z.string().min(1).meta({ title: 'Event', description: 'Its id.' })
const moment = (title: string) => z.string().trim().meta({ title, description: '2026-11-21T09:30, or 2026-11-21 for a whole day.' })
const details = {
  description: z.string().optional().meta({ title: 'Description', multiline: true }),
  location: z.string().optional().meta({ title: 'Place' }),
  attendees: z.array(z.email()).optional().meta({ title: 'Guests', description: 'Their email addresses.' }),
  timeZone: z.string().optional().meta({ title: 'Time zone', description: 'Such as Europe/Berlin, for times without an offset.' }),
}
const event = z.object({
  id: z.string().min(1),
  title: z.string(),
  start: z.string(),
  end: z.string(),
  allDay: z.boolean(),
  location: z.string(),
  description: z.string(),
  attendees: z.array(z.string()),
  link: z.string(),
})

function read(resource: calendar_v3.Schema$Event): z.infer<typeof event> {
  return {
    id: resource.id ?? '',
    title: resource.summary ?? '',
    start: resource.start?.dateTime ?? resource.start?.date ?? '',
    end: resource.end?.dateTime ?? resource.end?.date ?? '',
    allDay: Boolean(resource.start?.date),
    location: resource.location ?? '',
    description: resource.description ?? '',
    attendees: (resource.attendees ?? []).flatMap(({ email }) => email ?? []),
    link: resource.htmlLink ?? '',
  }
}

async function calendars(call: Call) {
  const { data } = await (await calendar(call)).calendarList.list({ maxResults: 250 })
  return (data.items ?? []).map(item => ({
    id: item.id ?? '',
    name: item.summaryOverride ?? item.summary ?? '',
    primary: item.primary ?? false,
    timeZone: item.timeZone ?? 'UTC',
  }))
}

async function calendarChoices(call: Call, query: string): Promise<Choice[]> {
  return (await calendars(call))
    .filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
    .map(({ id, name, primary }) => ({ value: primary ? 'primary' : id, label: name }))
}

export default connector({
  id: 'googlecalendar',
  name: 'Google Calendar',
  provider: google,
  category: 'Calendar',
  summary: 'Read your calendars and put events in them.',
  icon: 'logos:google-calendar',
  scopes: {
    ...identityScopeWords,
    [scope('calendarlist.readonly')]: 'See the list of your calendars',
    [scope('events.readonly')]: 'See the events in your calendars',
    [scope('events')]: 'See, add, change and delete events in your calendars',
  },
  identityScopes: googleIdentityScopes,
  identity: googleIdentity,
  fields: { calendar: calendarChoices },
  actions: {
    listEvents: action({
      title: 'List events',
      does: 'Lists the events of a span of time, earliest first. Without a span: those of the next seven days.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('events.readonly')],
      input: z.object({
        calendar: calendarId,
        from: z.iso.datetime({ offset: true }).optional().meta({ title: 'From', description: 'Such as 2026-11-21T00:00:00Z.' }),
        to: z.iso.datetime({ offset: true }).optional().meta({ title: 'To', description: 'Such as 2026-11-28T00:00:00Z.' }),
        query: z.string().optional().meta({ title: 'Containing', description: 'Words in the event.' }),
        limit: limit(250, 50),
      }),
      output: z.array(event),
      async run(call, input) {
        const from = input.from ?? new Date().toISOString()
        const { data } = await (
          await calendar(call)
        ).events.list({
          calendarId: input.calendar,
          timeMin: from,
          timeMax: input.to ?? new Date(Date.parse(from) + 7 * 86_400_000).toISOString(),
          maxResults: input.limit,
          singleEvents: true,
          orderBy: 'startTime',
          ...(input.query && { q: input.query }),
        })
        return (data.items ?? []).map(read)
      },
    }),
    createEvent: action({
      title: 'Create an event',
      does: 'Adds an event. Without an end it lasts an hour. Each call adds another one.',
      effect: 'write',
      idempotent: false,
      keyed: true,
      scopes: [scope('events')],
      input: z.object({
        calendar: calendarId,
        title: z.string().trim().min(1).meta({ title: 'Title' }),
        start: moment('Start'),
        end: moment('End').optional(),
        ...details,
      }),
      output: event,
      async run(call, input) {
        const start = readMoment(input.start, input.timeZone)
        const requestBody = {
          summary: input.title,
          description: input.description,
          location: input.location,
          attendees: input.attendees?.map(email => ({ email })),
          start,
          end: input.end ? readMoment(input.end, input.timeZone) : endAfter(start),
        }
        return read(await insertEvent(call, input.calendar, requestBody))
      },
    }),
    updateEvent: action({
      title: 'Change an event',
      does: 'Changes what is given and leaves the rest of the event. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      destructive: true,
      scopes: [scope('events')],
      input: z.object({
        calendar: calendarId,
        id: eventId,
        title: z.string().trim().min(1).optional().meta({ title: 'Title' }),
        start: moment('Start').optional(),
        end: moment('End').optional(),
        ...details,
      }),
      output: event,
      async run(call, input) {
        const requestBody = {
          ...(input.title !== undefined && { summary: input.title }),
          ...(input.description !== undefined && { description: input.description }),
          ...(input.location !== undefined && { location: input.location }),
          ...(input.attendees && { attendees: input.attendees.map(email => ({ email })) }),
          ...(input.start && { start: readMoment(input.start, input.timeZone) }),
          ...(input.end && { end: readMoment(input.end, input.timeZone) }),
        }
        const client = await calendar(call)
        return read((await client.events.patch({ calendarId: input.calendar, eventId: input.id, requestBody })).data)
      },
    }),
    deleteEvent: action({
      title: 'Delete an event',
      does: 'Deletes an event. A second time, Google says that it is gone.',
      effect: 'write',
      idempotent: false,
      destructive: true,
      scopes: [scope('events')],
      input: z.object({ calendar: calendarId, id: eventId }),
      output: z.object({ id: z.string().min(1) }),
      async run(call, input) {
        await (await calendar(call)).events.delete({ calendarId: input.calendar, eventId: input.id })
        return { id: input.id }
      },
    }),
    listCalendars: action({
      title: 'List calendars',
      does: 'Lists the calendars of your account.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('calendarlist.readonly')],
      input: z.object({}),
      output: z.array(z.object({ id: z.string().min(1), name: z.string(), primary: z.boolean(), timeZone: z.string() })),
      run: calendars,
    }),
  },
  prompts: [
    'Create a calendar event when a booking is confirmed.',
    'Every morning at 8, send me today’s events.',
    'Move the event when a booking gets a new date.',
  ],
  limits: googleLimits,
  explain: explainGoogle('event or calendar'),
})
