const zones: Readonly<Record<string, string>> = {
  utc: 'UTC',
  gmt: 'UTC',
  zulu: 'UTC',
  'pacific time': 'America/Los_Angeles',
  pacific: 'America/Los_Angeles',
  pst: 'America/Los_Angeles',
  pdt: 'America/Los_Angeles',
  pt: 'America/Los_Angeles',
  'mountain time': 'America/Denver',
  mst: 'America/Denver',
  mdt: 'America/Denver',
  'central time': 'America/Chicago',
  cst: 'America/Chicago',
  cdt: 'America/Chicago',
  'eastern time': 'America/New_York',
  eastern: 'America/New_York',
  est: 'America/New_York',
  edt: 'America/New_York',
  et: 'America/New_York',
  cet: 'Europe/Berlin',
  cest: 'Europe/Berlin',
  'central european time': 'Europe/Berlin',
  bst: 'Europe/London',
  eet: 'Europe/Helsinki',
  wet: 'Europe/Lisbon',
  ist: 'Asia/Kolkata',
  jst: 'Asia/Tokyo',
  kst: 'Asia/Seoul',
  sgt: 'Asia/Singapore',
  hkt: 'Asia/Hong_Kong',
  aest: 'Australia/Sydney',
  aedt: 'Australia/Sydney',
  acst: 'Australia/Adelaide',
  awst: 'Australia/Perth',
  nzst: 'Pacific/Auckland',
  brt: 'America/Sao_Paulo',
  'new york': 'America/New_York',
  'los angeles': 'America/Los_Angeles',
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  chicago: 'America/Chicago',
  denver: 'America/Denver',
  toronto: 'America/Toronto',
  'mexico city': 'America/Mexico_City',
  'sao paulo': 'America/Sao_Paulo',
  'são paulo': 'America/Sao_Paulo',
  'buenos aires': 'America/Argentina/Buenos_Aires',
  london: 'Europe/London',
  uk: 'Europe/London',
  dublin: 'Europe/Dublin',
  lisbon: 'Europe/Lisbon',
  madrid: 'Europe/Madrid',
  paris: 'Europe/Paris',
  berlin: 'Europe/Berlin',
  german: 'Europe/Berlin',
  amsterdam: 'Europe/Amsterdam',
  brussels: 'Europe/Brussels',
  zurich: 'Europe/Zurich',
  vienna: 'Europe/Vienna',
  rome: 'Europe/Rome',
  stockholm: 'Europe/Stockholm',
  oslo: 'Europe/Oslo',
  copenhagen: 'Europe/Copenhagen',
  helsinki: 'Europe/Helsinki',
  warsaw: 'Europe/Warsaw',
  prague: 'Europe/Prague',
  athens: 'Europe/Athens',
  istanbul: 'Europe/Istanbul',
  kyiv: 'Europe/Kyiv',
  moscow: 'Europe/Moscow',
  'tel aviv': 'Asia/Jerusalem',
  israel: 'Asia/Jerusalem',
  dubai: 'Asia/Dubai',
  india: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  bangalore: 'Asia/Kolkata',
  singapore: 'Asia/Singapore',
  'hong kong': 'Asia/Hong_Kong',
  tokyo: 'Asia/Tokyo',
  japan: 'Asia/Tokyo',
  seoul: 'Asia/Seoul',
  shanghai: 'Asia/Shanghai',
  beijing: 'Asia/Shanghai',
  sydney: 'Australia/Sydney',
  melbourne: 'Australia/Melbourne',
  auckland: 'Pacific/Auckland',
  johannesburg: 'Africa/Johannesburg',
  lagos: 'Africa/Lagos',
  nairobi: 'Africa/Nairobi',
  cairo: 'Africa/Cairo',
}

const iana = /\b(?:africa|america|asia|atlantic|australia|europe|indian|pacific)\/[a-z]+(?:[_/-][a-z]+)*\b/i
/** Abbreviations count only behind a clock time; places only with “time” or “timezone”. */
const behindClock = new RegExp(
  `(?:\\d|a\\.?m\\.?|p\\.?m\\.?|noon|midnight)\\s*\\(?(?:in )?(${Object.keys(zones)
    .filter(name => /^[a-z]{2,4}$/.test(name) && name !== 'uk')
    .join('|')})\\b\\)?`,
  'i',
)
const named = new RegExp(
  `\\b(?:in |on )?(?:the )?(${Object.keys(zones)
    .sort((a, b) => b.length - a.length)
    .join(
      '|',
    )})(?: standard| daylight)?(?: time ?zone| timezone| time)\\b|\\b(pacific time|mountain time|central time|eastern time|central european time|utc|gmt)\\b`,
  'i',
)

/** The IANA zone a text names, with the part of the text that names it. */
export function findTimezone(text: string): { timezone: string; start: number; end: number } | null {
  const exact = iana.exec(text)
  if (exact) {
    const timezone = canonical(exact[0])
    if (timezone) return { timezone, start: exact.index, end: exact.index + exact[0].length }
  }
  const match = named.exec(text) ?? behindClock.exec(text)
  const name = (match?.[1] ?? match?.[2])?.toLowerCase()
  const timezone = name && zones[name]
  if (!match || !timezone) return null
  const start = match.index + match[0].toLowerCase().lastIndexOf(name)
  return { timezone, start, end: match.index + match[0].length }
}

function canonical(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
