/** The first of “name”, “name 2”, “name 3” that is free, whatever its case. */
export function freeName(name: string, taken: readonly string[], join = ''): string {
  const used = new Set(taken.map(other => other.toLowerCase()))
  if (!used.has(name.toLowerCase())) return name
  for (let n = 2; ; n++) {
    const next = `${name}${join}${n}`
    if (!used.has(next.toLowerCase())) return next
  }
}

const words = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 ]+/g, ' ')
    .trim()
    .split(/\s+/)
    .filter(Boolean)

export function camelCase(text: string): string {
  const parts = words(text)
  const name = parts
    .map((word, n) => (n === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
  return /^[A-Za-z]/.test(name) && !reserved.has(name) ? name : `do${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

const reserved = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await async of connectors entities text lines today'.split(
    ' ',
  ),
)

/** A variable for a record of an entity: “ticket” of “Ticket”. */
export const variableOf = (entityName: string): string => camelCase(entityName.charAt(0).toLowerCase() + entityName.slice(1))

/** A string literal as the rest of the code writes it. Never ends early, whatever is in it. */
export function literal(text: string): string {
  const json = JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    match => `\\u${match.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** Text inside a template literal. */
export const inTemplate = (text: string): string =>
  literal(text).slice(1, -1).replaceAll("\\'", "'").replaceAll('`', '\\`').replaceAll('${', '\\${')

/** A name of an app's field as a property: `.title`, or `['due date']`. */
export const member = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${literal(name)}]`)
export const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name))
