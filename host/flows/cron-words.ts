const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

type Fields = { minutes: number[]; hours: number[]; days: number[]; months: number[]; weekdays: number[]; lastDay: boolean }

/**
 * Says a crontab(5) expression in English, or null when no sentence of ours would be wholly true: then the caller shows it as it is.
 * `dependsOnZone` is false for words that hold in every zone, such as “Every 15 minutes”.
 */
export function cronInWords(expression: string): { words: string; dependsOnZone: boolean } | null {
  const fields = parseFields(expression)
  if (!fields) return null
  const days = daysInWords(fields)
  if (!days) return null
  const often = frequency(fields)
  if (often) {
    const every = days.always ? often.words : `${often.words}, ${lowerFirst(days.during)}`
    return { words: every, dependsOnZone: !days.always || often.dependsOnZone }
  }
  const times = timesOf(fields)
  return times && { words: `${days.always ? 'Every day' : days.on} at ${list(times)}`, dependsOnZone: true }
}

/** Minutes or hours that come round evenly. */
function frequency({ minutes, hours }: Fields): { words: string; dependsOnZone: boolean } | null {
  const minuteStep = evenStep(minutes, 60)
  const allHours = hours.length === 24
  if (minuteStep !== null && (allHours || isRange(hours)) && (minuteStep > 1 || minutes.length === 60)) {
    const words = minuteStep === 1 ? 'Every minute' : `Every ${minuteStep} minutes`
    if (allHours) return { words, dependsOnZone: false }
    return { words: `${words} from ${time(hours[0] ?? 0, 0)} to ${time(hours.at(-1) ?? 0, minutes.at(-1) ?? 0)}`, dependsOnZone: true }
  }
  const [minute] = minutes
  if (minute === undefined || minutes.length !== 1) return null
  const past = minute === 0 ? '' : ` at ${minute} minute${minute === 1 ? '' : 's'} past`
  if (allHours) return { words: `Every hour${past}`, dependsOnZone: minute !== 0 }
  const hourStep = evenStep(hours, 24)
  if (hourStep !== null && hours.length > 3) return { words: `Every ${hourStep} hours${past && ` (${past.trim()})`}`, dependsOnZone: true }
  if (isRange(hours) && hours.length > 3)
    return { words: `Every hour from ${time(hours[0] ?? 0, minute)} to ${time(hours.at(-1) ?? 0, minute)}`, dependsOnZone: true }
  return null
}

function timesOf({ minutes, hours }: Fields): string[] | null {
  const times = hours.flatMap(hour => minutes.map(minute => time(hour, minute)))
  return times.length <= 6 ? times : null
}

/** `on` begins a sentence (“Every Monday”, “On the first of each month”), `during` follows one (“on weekdays”). */
function daysInWords({
  days,
  months: inMonths,
  weekdays: onDays,
  lastDay,
}: Fields): { always: boolean; on: string; during: string } | null {
  const everyDay = days.length === 31
  const everyWeekday = onDays.length === 7
  const everyMonth = inMonths.length === 12
  // With both a day and a weekday, crontab(5) means either of them.
  if ((!everyDay || lastDay) && !everyWeekday) return null
  const of = everyMonth ? 'of each month' : `of ${list(inMonths.map(month => months[month - 1] ?? ''))}`
  const inside = everyMonth ? '' : ` in ${list(inMonths.map(month => months[month - 1] ?? ''))}`
  if (lastDay) return { always: false, on: `On the last day ${of}`, during: `on the last day ${of}` }
  if (!everyDay) {
    const dates = `${list(days.map(ordinal))} ${of}`
    return { always: false, on: `On the ${dates}`, during: `on the ${dates}` }
  }
  if (everyWeekday) return { always: everyMonth, on: `Every day${inside}`, during: inside.trim() }
  if (onDays.join() === '1,2,3,4,5') return { always: false, on: `Weekdays${inside}`, during: `on weekdays${inside}` }
  if (onDays.join() === '0,6') return { always: false, on: `Weekends${inside}`, during: `on weekends${inside}` }
  const names = list([...onDays].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7)).map(day => weekdays[day] ?? ''))
  return { always: false, on: `Every ${names}${inside}`, during: `every ${names}${inside}` }
}

function parseFields(expression: string): Fields | null {
  const text = expression.trim().toUpperCase().split(/\s+/)
  if (text.length !== 5) return null
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = text
  const lastDay = day === 'L'
  const parsed = {
    minutes: parseField(minute, 0, 59),
    hours: parseField(hour, 0, 23),
    days: lastDay ? [] : parseField(day, 1, 31),
    months: parseField(month, 1, 12, monthNames),
    weekdays: parseField(weekday, 0, 7, dayNames),
  }
  const { minutes, hours, days, months: inMonths, weekdays: onDays } = parsed
  if (!minutes || !hours || !days || !inMonths || !onDays) return null
  const sundayIsZero = [...new Set(onDays.map(value => value % 7))].sort((a, b) => a - b)
  return { minutes, hours, days, months: inMonths, weekdays: sundayIsZero, lastDay }
}

const dayNames = new Map(weekdays.map((name, index) => [name.slice(0, 3).toUpperCase(), index]))
const monthNames = new Map(months.map((name, index) => [name.slice(0, 3).toUpperCase(), index + 1]))

/** `*`, numbers, names, ranges, lists and steps. Null for anything beyond, such as W and #. */
function parseField(text: string, min: number, max: number, names?: ReadonlyMap<string, number>): number[] | null {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part)
    if (!match) return null
    const [, star, first = '', last, step] = match
    const from = star ? min : toNumber(first, names)
    const to = star ? (names === dayNames ? 6 : max) : last === undefined ? (step === undefined ? from : max) : toNumber(last, names)
    const by = Number(step ?? 1)
    if (from === null || to === null || from < min || to > max || from > to || by < 1) return null
    for (let value = from; value <= to; value += by) values.add(value)
  }
  return [...values].sort((a, b) => a - b)
}

function toNumber(text: string, names: ReadonlyMap<string, number> | undefined): number | null {
  return /^\d+$/.test(text) ? Number(text) : (names?.get(text) ?? null)
}

/** The distance between values that fill the whole circle evenly from zero, or null. */
function evenStep(values: readonly number[], circle: number): number | null {
  const step = circle / values.length
  return values.length > 1 && Number.isInteger(step) && values.every((value, index) => value === index * step) ? step : null
}

function isRange(values: readonly number[]): boolean {
  return values.length > 1 && values.every((value, index) => value === (values[0] ?? 0) + index)
}

function time(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

function ordinal(day: number): string {
  if (day === 1) return 'first'
  const ending = day % 100 > 10 && day % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')
  return `${day}${ending}`
}

/** “a, b and c”. */
export function list(words: readonly string[], last = 'and'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
