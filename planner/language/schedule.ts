import { dictionary } from '../vocabulary/dictionary.ts'
import { findClock, partOfDay } from './clock.ts'
import { findTimezone } from './timezones.ts'

export type Span = { start: number; end: number }
/** A cadence as crontab(5) has it, in a zone that is null when none is stated. `spans` are the words that said so. */
export type Schedule = { cron: string; timezone: string | null; spans: Span[] }

const day = '(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?s?'
const dayNumber = (name: string): number => ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'].indexOf(name.slice(0, 2).toLowerCase())
const count = dictionary({
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  eight: 8,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  other: 2,
  second: 2,
  third: 3,
  half: 0.5,
})
const numberOf = (text: string): number => count.get(text.toLowerCase()) ?? Number(text)
const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

type At = { hour: number; minute: number; stated: boolean }
type Rule = { pattern: RegExp; cron: (match: RegExpExecArray, at: At) => string | null }

const rule = (source: string, cron: Rule['cron']): Rule => ({ pattern: new RegExp(source, 'i'), cron })
const time = ({ hour, minute }: At): string => `${minute} ${hour}`

/** The hour of a run whose words name the end of a period. */
const late = (at: At): At => (at.stated ? at : { hour: 17, minute: 0, stated: false })

/** Each kind of cadence once, the more exact ones first. */
const rules: readonly Rule[] = [
  rule('\\b(?:every|each) (\\d+|two|three|four|five|six|ten|twelve|fifteen|twenty|thirty|other)[- ]?(?:minutes?|mins?)\\b', match =>
    steps(numberOf(match[1] ?? ''), 60, n => `*/${n} * * * *`),
  ),
  rule('\\b(?:every|each) (?:half[- ](?:an )?hour|30m)\\b', () => '*/30 * * * *'),
  rule('\\b(?:every|each) (?:quarter(?: of an)? hour)\\b', () => '*/15 * * * *'),
  rule('\\b(?:every|each) (?:single )?minute\\b|\\bminutely\\b', () => '* * * * *'),
  rule('\\b(?:every|each) (\\d+|two|three|four|five|six|eight|ten|twelve|other)[- ]?(?:hours?|hrs?)\\b', match =>
    steps(numberOf(match[1] ?? ''), 24, n => `0 */${n} * * *`),
  ),
  rule('\\b(?:(?:every|each)(?: single)? hour|hourly|once an hour|on the hour)\\b', () => '0 * * * *'),
  rule(
    '\\b(?:every|each|on the) (first|second|third|fourth|last) (' + day + ') (?:of )?(?:every|each|the|a) month\\b',
    (match, at) => `${time(at)} * * ${dayNumber(match[2] ?? '')}#${nth(match[1] ?? '')}`,
  ),
  rule(
    '\\b(?:every|each) (?:mon(?:day)? ?(?:to|through|thru|-|–) ?fri(?:day)?)\\b|\\bmon(?:day)?s? ?(?:to|through|thru|-|–) ?fri(?:day)?s?\\b',
    (_, at) => `${time(at)} * * 1-5`,
  ),
  rule(
    '\\b(?:every |each |on |all )?(?:(?:week|business|working|work) ?days?|workdays?|weekday)(?: mornings?| evenings?| afternoons?)?\\b',
    (_, at) => `${time(at)} * * 1-5`,
  ),
  rule('\\b(?:(?:every|each|on|all|at|over|during)(?: the)? )weekends?\\b', (_, at) => `${time(at)} * * 6,0`),
  rule(
    '\\b(?:every two weeks|every other week|every 2 weeks|bi-?weekly|fortnightly|every fortnight)\\b',
    (_, at) => `${time(at)} 1,15 * *`,
  ),
  rule(
    '\\b(?:(?:every|each|weekly|once a week|every week|each week)(?: on)?(?: an?)?|on) (' +
      day +
      '(?:(?:, and |, | and | & |/| or )' +
      day +
      ')*)(?: mornings?| evenings?| afternoons?| nights?)?\\b',
    (match, at) => `${time(at)} * * ${days(match[1] ?? '')}`,
  ),
  rule(
    '\\b((?:sun|mon|tues|wednes|thurs|fri|satur)days(?:(?:, and |, | and | & )(?:sun|mon|tues|wednes|thurs|fri|satur)days)*)\\b',
    (match, at) => `${time(at)} * * ${days(match[1] ?? '')}`,
  ),
  rule(
    '\\b(sun|mon|tues|wednes|thurs|fri|satur)day (?:morning|evening|afternoon|night)?\\b(?= ?(?:digest|summary|report|recap|reminder|email|update|roundup|newsletter|standup|message|at \\d|\\d))',
    (match, at) => `${time(at)} * * ${dayNumber(match[1] ?? '')}`,
  ),
  rule('\\b(?:at |by )?(?:the )?(?:end|close) of (?:the|each|every) week\\b|\\bend-of-week\\b', (_, at) => `${time(late(at))} * * 5`),
  rule('\\b(?:at |by )?(?:the )?(?:start|beginning) of (?:the|each|every) week\\b', (_, at) => `${time(at)} * * 1`),
  rule('\\btwice (?:a|per|each|every) week\\b', (_, at) => `${time(at)} * * 1,4`),
  rule('\\b(?:quarterly|(?:every|each|once a|per) quarter|every (?:three|3) months)\\b', (_, at) => `${time(at)} 1 */3 *`),
  rule(
    '\\b(?:(?:at|on|by) )?(?:the )?(?:end|last day|last) of (?:the|each|every|a) month\\b|\\bend-of-month\\b|\\bmonth[- ]end\\b',
    (_, at) => `${time(late(at))} 28 * *`,
  ),
  rule('\\b(?:on )?(?:the )?(?:first(?: day)?|start|beginning) of (?:the|each|every|a) month\\b', (_, at) => `${time(at)} 1 * *`),
  rule(
    '\\b(?:every month|each month|monthly)?,? ?on the (\\d{1,2})(?:st|nd|rd|th)?(?: day)?(?: of (?:the|each|every) month)?\\b',
    (match, at) => dayOfMonth(match, at),
  ),
  rule('\\b(\\d{1,2})(?:st|nd|rd|th) of (?:the|each|every) month\\b', (match, at) => dayOfMonth(match, at)),
  rule('\\b(?:monthly|(?:every|each|once a|per) month)\\b', (_, at) => `${time(at)} 1 * *`),
  rule('\\b(?:yearly|annually|annual|(?:every|each|once a) year)\\b', (match, at) => yearly(match.input, at)),
  rule(
    '\\b(?:weekly|(?:every|each|once a|once per|per) week|week-?end(?:ly)? (?:digest|report|summary))\\b',
    (_, at) => `${time(at)} * * 1`,
  ),
  rule('\\b(?:twice (?:a|per|each|every) day|twice daily|two times (?:a|per) day)\\b', () => '0 9,17 * * *'),
  rule('\\b(?:three times|3 times|3x) (?:a|per) day\\b', () => '0 8,13,18 * * *'),
  rule('\\b(?:every|each) (\\d+|two|three|four|five|six|ten|other|second|third) days?\\b', (match, at) =>
    steps(numberOf(match[1] ?? ''), 31, n => `${time(at)} */${n} * *`),
  ),
  rule(
    '\\b(?:daily(?! (?:quota|limit|active|budget|allowance|cap|rate))|nightly|everyday|(?:every|each|once a|once per|per|any)(?: single)? (?:day|morning|evening|night|afternoon|noon|midnight)s?|day by day)\\b',
    (_, at) => `${time(at)} * * *`,
  ),
  rule(
    '\\b(?:at |by )?(?:the )?end of (?:the|each|every) (?:work ?|business |working )?day\\b|\\bend-of-day\\b|\\beod\\b',
    (_, at) => `${time(late(at))} * * *`,
  ),
  rule(
    '\\b(?:periodic(?:ally)?|regularly|on a (?:regular )?schedule|at (?:a |regular )?intervals?|scheduled (?:job|basis|task|run|check|sync)|cron job|polls?)\\b',
    () => '0 * * * *',
  ),
  rule(
    '\\b(?:every|each) (' + monthNames.join('|') + ')[a-z]* (\\d{1,2})(?:st|nd|rd|th)?\\b',
    (match, at) => `${time(at)} ${match[2]} ${monthNames.indexOf((match[1] ?? '').toLowerCase()) + 1} *`,
  ),
]

/** Finds the cadence a text states, or null. “This week's” names data, not a cadence. */
export function findSchedule(text: string): Schedule | null {
  const zone = findTimezone(text)
  const clock = findClock(text)
  const hour = partOfDay(text)
  const at: At = clock ? { ...clock, stated: true } : { hour: hour ?? 9, minute: 0, stated: hour !== null }
  for (const { pattern, cron } of rules) {
    const match = pattern.exec(text)
    const found = match && cron(match, at)
    if (!match || !found) continue
    const spans = [{ start: match.index, end: match.index + match[0].length }, clock, zone].filter(span => span !== null)
    return { cron: found, timezone: zone?.timezone ?? null, spans }
  }
  if (clock && /^\s*(?:at|@)|\bevery\b/i.test(text.slice(Math.max(0, clock.start - 12), clock.end))) {
    return { cron: `${time(at)} * * *`, timezone: zone?.timezone ?? null, spans: [clock, zone].filter(span => span !== null) }
  }
  return null
}

/** A cadence of data that lets the cadence of a report be guessed: “a summary of today's orders”. */
export function impliedSchedule(text: string): string | null {
  if (/\b(?:\d+|an?|one|two|three|the) (?:days?|weeks?) (?:before|prior to|ahead of|after)\b/i.test(text)) return '0 9 * * *'
  if (/\b(?:\d+|an?|one|two|three|the) (?:hours?|minutes?) (?:before|prior to|ahead of)\b/i.test(text)) return '0 * * * *'
  if (!/\b(?:summary|digest|recap|report|roundup|overview|list)\b/i.test(text)) return null
  return /\b(?:from today|today's|of today|of the day)\b/i.test(text) ? '0 18 * * *' : null
}

function steps(n: number, limit: number, cron: (n: number) => string): string | null {
  return Number.isInteger(n) && n >= 1 && n < limit ? cron(n) : null
}

function days(list: string): string {
  const numbers = (list.match(new RegExp(day, 'gi')) ?? []).map(dayNumber)
  return [...new Set(numbers)].sort((a, b) => a - b).join(',')
}

function nth(word: string): string {
  return { first: '1', second: '2', third: '3', fourth: '4', last: 'L' }[word.toLowerCase()] ?? '1'
}

function dayOfMonth(match: RegExpExecArray, at: At): string | null {
  const number = Number(match[1])
  return number >= 1 && number <= 31 ? `${time(at)} ${number} * *` : null
}

function yearly(text: string, at: At): string {
  const match = new RegExp(`\\bon (?:the )?(${monthNames.join('|')})[a-z]* (\\d{1,2})`, 'i').exec(text)
  return match ? `${time(at)} ${match[2]} ${monthNames.indexOf((match[1] ?? '').toLowerCase()) + 1} *` : `${time(at)} 1 1 *`
}
