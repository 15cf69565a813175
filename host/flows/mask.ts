import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import { masked, maskSecrets } from '../../core/secrets.ts'

/** How much of one value is kept in the journal for people to look at. */
export const shownBytes = 64 * 1024
const maxLogLines = 1000

const secretName =
  /^(?:.*[_-])?(?:password|passwd|secret|authorization|api[_-]?key|(?:access|refresh|id|bot|auth)[_-]?token|token|private[_-]?key|client[_-]?secret)$/i
const camelSecretName = /(?:Password|Secret|ApiKey|AccessToken|RefreshToken|IdToken|PrivateKey)$/

/** Hides credentials in a value: by their shape, and by the name of the field that holds a text. */
export function maskValue(value: Json): Json {
  if (typeof value === 'string') return maskSecrets(value)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(maskValue)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, typeof item === 'string' && item && isSecretName(name) ? masked : maskValue(item)]),
  )
}

function isSecretName(name: string): boolean {
  return secretName.test(name) || camelSecretName.test(name)
}

/** A value as people may see it: credentials hidden, and cut with a note when it is longer than 64 kB. As JSON text. */
export function toShown(value: Json): string {
  const text = JSON.stringify(maskValue(value))
  const bytes = Buffer.byteLength(text)
  if (bytes <= shownBytes) return text
  // Quotes in the cut text are escaped again, so a quarter of the limit always fits.
  return JSON.stringify(`${text.slice(0, shownBytes / 4)}… (cut here: the whole value has ${Math.ceil(bytes / 1024)} kB)`)
}

/** Collects a step's log lines within limits of number and size, and says what it dropped. */
export function createLog(): { add(line: LogLine): LogLine; lines(): LogLine[] } {
  const kept: LogLine[] = []
  let bytes = 0
  let dropped = 0
  let last: LogLine | undefined
  return {
    add(line) {
      const safe = { ...line, text: maskSecrets(line.text.length > 4000 ? `${line.text.slice(0, 4000)}…` : line.text) }
      bytes += Buffer.byteLength(safe.text)
      last = safe
      if (bytes > shownBytes || kept.length >= maxLogLines) dropped++
      else kept.push(safe)
      return safe
    },
    lines: () =>
      dropped && last
        ? [...kept, { at: last.at, level: 'warn', text: `${dropped.toLocaleString('en')} more lines were not kept.` }]
        : [...kept],
  }
}
