import type { PlanSlot } from '../core/plan.ts'
import type { AppModel } from '../core/app/model.ts'
import type { Step } from './changes/blueprint.ts'

const address = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/
const channelName = /(?:^|\s)(#[\p{L}\p{N}_-]{1,80})/u
const namedChannel = /\b(?:to|in|into|on) (?:the |our |my )?(?:slack )?["']?([a-z0-9][a-z0-9_-]{1,60})["']? (?:slack )?channel\b/i
const notChannels = new Set([
  'a',
  'slack',
  'the',
  'my',
  'our',
  'team',
  'specific',
  'this',
  'that',
  'new',
  'right',
  'same',
  'teams',
  'discord',
])
const repository = /\b([A-Za-z0-9][\w-]{0,38}\/[A-Za-z0-9][\w.-]{0,99})\b/
const sheetName =
  /\b(?:spreadsheet|sheet|google sheet)s? (?:called|named|titled) ["']?([^"'.,]{1,60})["']?|["']([^"']{1,60})["'] (?:google )?(?:spreadsheet|sheet)/i
const sheetLink = /https:\/\/docs\.google\.com\/spreadsheets\/[^\s"']+/
const toMe =
  /\b(?:send|email|mail|e-mail|notify|alert|remind|message|tell|give|get|dm|ping|forward|draft)(?:s|ing)? (?:\w+ ){0,2}?(?:me|myself)\b|\bto (?:me|myself|my (?:own )?(?:gmail|email|inbox|address))\b|\b(?:get|receive) (?:an? |daily |weekly )*(?:emails?|mails?)\b/i
const toThem =
  /\b(?:to|email|mail|notify|thank|welcome|invite|remind) (?:the |each |every |all |new |our |my )*(?:customers?|clients?|users?|leads?|guests?|members?|subscribers?|applicants?|candidates?|contacts?|requesters?|submitters?|patients?|students?|them|him|her|attendees?|participants?|signups?)\b|\bwelcome (?:email|mail|message)\b|\bconfirmation (?:email|mail)\b|\bthank[- ]you (?:email|note)\b/i
const fixedText = /\b(?:saying|says|that says|with the (?:text|message|words)|with (?:a )?message|reading)[:,]? ["']([^"']{1,500})["']/i

/** The values that the steps of a plan need: taken from the prompt where it gives them, asked for where not. */
export function slotsFor(
  text: string,
  steps: readonly Step[],
  { model, emailField }: { model: AppModel; emailField: string | null },
): PlanSlot[] {
  const slots = new Map<string, PlanSlot>()
  for (const { recipe } of steps) {
    for (const { id, label, placeholder, required } of recipe.slots) {
      if (slots.has(id)) continue
      slots.set(id, { id, label, placeholder, value: valueOf(id, text, { model, emailField }).slice(0, 300), required })
    }
  }
  return [...slots.values()]
}

function valueOf(id: string, text: string, { model, emailField }: { model: AppModel; emailField: string | null }): string {
  switch (id) {
    case 'channel': {
      const hashed = channelName.exec(text)?.[1]
      const named = namedChannel.exec(text)?.[1]?.toLowerCase()
      return hashed ?? (named && !notChannels.has(named) ? `#${named}` : '')
    }
    case 'to':
    case 'person': {
      const given = address.exec(text)?.[0]
      if (given) return given
      if (emailField && toThem.test(text) && !toMe.test(text)) return `{${emailField}}`
      return id === 'to' && toMe.test(text) ? 'me' : ''
    }
    case 'spreadsheet': {
      const link = sheetLink.exec(text)?.[0]
      const match = sheetName.exec(text)
      return link ?? match?.[1] ?? match?.[2] ?? model.config.name
    }
    case 'repository':
      return repository.exec(text.replace(/https?:\/\/github\.com\//g, ''))?.[1] ?? ''
    default:
      return ''
  }
}

/** The words to send, when the prompt gives them in quotes. */
export const messageIn = (text: string): string => fixedText.exec(text)?.[1]?.trim() ?? ''
