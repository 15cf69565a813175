export type Clock = { hour: number; minute: number }
export type FoundClock = Clock & { start: number; end: number }

const parts: ReadonlyArray<readonly [RegExp, number]> = [
  [/\b(?:at |by |around )?(?:the )?(?:end of (?:the |each |every )?(?:work(?:ing)? ?|business )?day|eod|close of business|cob)\b/i, 17],
  [/\b(?:at |by )?(?:the )?(?:start|beginning) of (?:the |each |every )?(?:work(?:ing)? ?|business )?day\b/i, 9],
  [/\b(?:at |around )?(?:noon|midday|lunch ?time)\b/i, 12],
  [/\b(?:at )?midnight\b/i, 0],
]
const numeric =
  /\b(?:(at|@|by|around)\s*)?(\d{1,2})(?:(?:[:.h])([0-5]\d))?\s*(a\.?m\b\.?|p\.?m\b\.?|o'clock|uhr|h\b)?(?!\s*(?:%|minutes?|mins?|hours?|days?|weeks?|months?|times?|[-/.:]\d))/gi
const dayParts: Readonly<Record<string, number>> = { morning: 9, afternoon: 15, evening: 18, night: 21, nightly: 21, tonight: 21 }

/** The clock time a text states: “at 9”, “8:30 pm”, “noon”, “end of the day”. A bare number is none. */
export function findClock(text: string): FoundClock | null {
  for (const match of text.matchAll(numeric)) {
    const [all, lead, digits, minutes, half] = match
    const stated = lead ? lead.toLowerCase() !== 'by' || half || minutes : half || (minutes && all.includes(':'))
    let hour = Number(digits)
    if (!stated || hour > 24) continue
    const suffix = half?.toLowerCase().replaceAll('.', '') ?? ''
    if (suffix.startsWith('p') && hour < 12) hour += 12
    if (suffix.startsWith('a') && hour === 12) hour = 0
    if (!suffix && hour >= 1 && hour <= 11 && /\b(?:evening|afternoon|night)\b/i.test(text)) hour += 12
    return { hour: hour % 24, minute: Number(minutes ?? 0), start: match.index, end: match.index + all.length }
  }
  for (const [pattern, hour] of parts) {
    const match = pattern.exec(text)
    if (match) return { hour, minute: 0, start: match.index, end: match.index + match[0].length }
  }
  return null
}

/** The usual hour of a part of the day that is named, or null. */
export function partOfDay(text: string): number | null {
  const match = /\b(?:every|each|in the|this)? ?(morning|afternoon|evening|night|nightly)s?\b/i.exec(text)
  return match?.[1] ? (dayParts[match[1].toLowerCase()] ?? null) : null
}
