import type { calendar_v3 } from '@googleapis/calendar'
import type { Call } from '../../core/connector.ts'
import { calendar } from './client.ts'

/**
 * Adds an event, once for each key of a call: Google takes the event's id from whoever adds it (base32hex, RFC 4648 §7) and refuses a
 * second one of that id, which is then the one that is there already. https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
 */
export async function insertEvent(call: Call, calendarId: string, event: calendar_v3.Schema$Event): Promise<calendar_v3.Schema$Event> {
  const client = await calendar(call)
  const id = call.idempotencyKey === undefined ? undefined : await hexDigest(call.idempotencyKey)
  try {
    return (await client.events.insert({ calendarId, requestBody: { ...event, id } })).data
  } catch (error) {
    if (id === undefined || !(error instanceof Error) || !('status' in error) || error.status !== 409) throw error
    return (await client.events.get({ calendarId, eventId: id })).data
  }
}

/** Hexadecimal digits are among those of base32hex. */
async function hexDigest(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}
