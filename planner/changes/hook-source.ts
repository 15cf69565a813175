import type { Entity, Field } from '../../core/app/entity.ts'
import type { Plan } from '../../core/plan.ts'
import { hookSenders, type HookEvent, type HookSender } from '../vocabulary/hook-senders.ts'
import { titleOf } from './entity-file.ts'
import { inTemplate, key, literal } from './naming.ts'
import type { Content } from './recipes.ts'

export type HookTrigger = Extract<Plan['trigger'], { kind: 'webhook' }>
type Known = { sender: HookSender | null; event: HookEvent | null }

export function knownHook({ sender: id, event: name }: HookTrigger): Known {
  const sender = hookSenders.get(id ?? '') ?? null
  return { sender, event: sender?.events.find(({ id }) => id === name) ?? null }
}

/** What comes, in words: “Stripe payment”, “webhook”. */
export function hookNoun(trigger: HookTrigger): string {
  const { sender, event } = knownHook(trigger)
  return sender ? `${sender.name} ${event?.noun ?? 'event'}` : 'webhook'
}

/** What it is about, in words: “a payment”. Null: anything. */
export function hookAbout(trigger: HookTrigger): string | null {
  const noun = knownHook(trigger).event?.noun
  return noun ? `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}` : null
}

/** What the trigger of the flow lets in, as jq. Null: everything. */
export function hookCondition(trigger: HookTrigger): string | null {
  const { event } = knownHook(trigger)
  return event && `\${ .trigger.data | ${event.when} }`
}

/** A body to try the flow with. `entity`: what is made of it. */
export function hookExample(trigger: HookTrigger, entity: Entity | null) {
  const { sender, event } = knownHook(trigger)
  if (event) return event.example
  if (sender) return sender.events.at(-1)?.example ?? {}
  if (!entity) return { name: 'Ada Lovelace', email: 'ada@example.com', message: 'Please call me back.' }
  const values = fieldsFrom(entity).map(([name, field]) => [name, field.type === 'string' ? exampleText(name, field) : 42])
  return Object.fromEntries(values)
}

const exampleText = (name: string, field: Field): string =>
  field.format === 'email' ? 'ada@example.com' : /name|customer|author/.test(name) ? 'Ada Lovelace' : `Example ${name.replaceAll('_', ' ')}`

/** The fields that a body can fill: texts and numbers. What has a fixed list, a date or a default of its own is left to that. */
const fieldsFrom = (entity: Entity): [string, Field][] =>
  Object.entries(entity.properties)
    .filter(
      ([, { type, enum: values, format }]) =>
        (type === 'string' || isNumber(type)) && !values && format !== 'date' && format !== 'date-time',
    )
    .slice(0, 12)

const isNumber = (type: Field['type']): boolean => type === 'number' || type === 'integer'

/** An entity with the fields alone that a body fills, or that have to be filled. */
export const withoutUnread = (entity: Entity): Entity => {
  const read = new Set([...fieldsFrom(entity).map(([name]) => name), ...entity.required])
  return { ...entity, properties: Object.fromEntries(Object.entries(entity.properties).filter(([name]) => read.has(name))) }
}

/** The record that a body is made into, as an object literal. Its required fields are demanded of the body. */
export function recordFrom(entity: Entity, trigger: HookTrigger): string {
  const { sender } = knownHook(trigger)
  const filled = fieldsFrom(entity).map(([name, field]): [string, string] => {
    const isNeeded = entity.required.includes(name)
    const places = placesOf(name, sender, isNeeded && !isNumber(field.type))
    const read = reading(isNumber(field.type) ? (sender?.inCents ? 'centsAt' : 'numberAt') : 'textAt', places)
    return [name, isNeeded ? `needed(${read}, ${literal(name)})` : read]
  })
  const given = Object.entries(entity.properties).flatMap(([name, field]): [string, string][] => {
    if (!entity.required.includes(name) || filled.some(([known]) => known === name) || field.default !== undefined) return []
    if (field.enum) return [[name, literal(field.enum[0] ?? '')]]
    if (!sender && field.type === 'string') return [[name, `needed(${reading('textAt', placesOf(name, null, false))}, ${literal(name)})`]]
    if (field.format === 'date') return [[name, 'new Date().toISOString().slice(0, 10)']]
    if (field.format === 'date-time') return [[name, 'new Date().toISOString()']]
    return []
  })
  return `{\n${[...filled, ...given].map(([name, value]) => `  ${key(name)}: ${value},`).join('\n')}\n}`
}

const widest = 90

/** A call of a helper, with as many places on a line as fit. */
function reading(helper: string, places: readonly string[]): string {
  const words = places.map(literal)
  const line = `${helper}(body, ${words.join(', ')})`
  if (line.length <= widest) return line
  const rows = words.reduce<string[]>((done, word) => {
    const last = done.at(-1)
    return last !== undefined && last.length + word.length + 2 <= widest
      ? [...done.slice(0, -1), `${last} ${word},`]
      : [...done, `${word},`]
  }, [])
  return `${helper}(\n    body,\n${rows.map(row => `    ${row}`).join('\n')}\n  )`
}

/** Where a body may have a field: as its sender calls it, else as the app does or as others would write it. */
function placesOf(name: string, sender: HookSender | null, isNeeded: boolean): string[] {
  if (sender) {
    const found = sender.fields.get(name) ?? sender.fields.get(name.split('_').at(-1) ?? '') ?? []
    return [...new Set([...found, ...(isNeeded ? sender.names : []), ...(found.length === 0 ? [name] : [])])]
  }
  const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const last = name.split('_').at(-1) ?? name
  const alike =
    isNeeded && ['name', 'title', 'customer_name', 'subject'].includes(name)
      ? ['name', 'full_name', 'fullName', 'title', 'subject', 'email']
      : []
  return [...new Set([name, camel, titleOf(name), last, ...alike])]
}

/** What is told of a body where no record is made of it: lines that read it, and what the steps say. */
export function tellBody(trigger: HookTrigger): {
  lines: string[]
  content: Pick<Content, 'headline' | 'name' | 'body' | 'details' | 'row'>
} {
  const { event } = knownHook(trigger)
  if (!event) {
    const headline = literal(`New ${hookNoun(trigger)}`)
    return {
      lines: [
        'const fields = fieldsOf(body)',
        "const text = Object.entries(fields).map(([name, value]) => `${name}: ${value}`).join('\\n')",
      ],
      content: { headline, name: headline, body: 'text', details: '', row: 'fields' },
    }
  }
  const headline = `\`${event.headline
    .split(/\{(\w+)\}/)
    .map((part, n) => (n % 2 ? `\${${part}}` : inTemplate(part)))
    .join('')}\``
  return {
    lines: event.facts.map(({ name, places }) => `const ${name} = needed(${reading('textAt', places)}, ${literal(places[0] ?? name)})`),
    content: {
      headline,
      name: headline,
      body: '',
      details: `[\n    ${event.facts.map(({ name }) => `\`${titleOf(name)}: \${${name}}\`,`).join('\n    ')}\n  ].join('\\n')`,
      row: `{ ${event.facts.map(({ name }) => `${titleOf(name)}: ${name}`).join(', ')}, Received: new Date().toISOString() }`,
    },
  }
}

/** Of these, what a function calls stands below it. */
const helpers: Readonly<Record<string, string>> = {
  needed: `
/** What has to be in the body. Its sender decides what comes: it is checked before anything is done with it. */
function needed<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(\`The request does not say “\${name}”.\`)
  return value
}
`,
  centsAt: `
/** An amount in hundredths, as most currencies are counted, in whole units. */
function centsAt(body: unknown, ...places: string[]): number | undefined {
  const cents = numberAt(body, ...places)
  return cents === undefined ? undefined : cents / 100
}
`,
  numberAt: `
/** The first of these places with a number. */
function numberAt(body: unknown, ...places: string[]): number | undefined {
  return places.map(place => Number(textAt(body, place) ?? Number.NaN)).find(Number.isFinite)
}
`,
  textAt: `
/** The first of these places with a text or a number, as a text of a sensible length. */
function textAt(body: unknown, ...places: string[]): string | undefined {
  for (const place of places) {
    let value = body
    for (const name of place.split('.')) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    if ((typeof value === 'string' && value.trim() !== '') || typeof value === 'number') return String(value).trim().slice(0, 2000)
  }
  return undefined
}
`,
  fieldsOf: `
/** The texts and numbers of the body by their names, forty at most, those further in as “customer.name”. */
function fieldsOf(body: unknown): Record<string, string> {
  const found: [string, string][] = []
  const walk = (name: string, value: unknown): void => {
    if (!isObject(value)) return value === null || value === undefined ? undefined : void found.push([name || 'text', String(value).slice(0, 500)])
    if (name.split('.').length > 3) return
    for (const [inner, deeper] of Object.entries(value)) walk(name ? \`\${name}.\${inner}\` : inner, deeper)
  }
  walk('', body)
  if (found.length === 0) throw new Error('The request is empty.')
  return Object.fromEntries(found.slice(0, 40))
}
`,
  isObject: `
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
`,
}

/** The helpers that a piece of source calls, and those that these call. */
export function helpersFor(source: string): string {
  const used = new Set<string>()
  const look = (text: string): void => {
    for (const [name, code] of Object.entries(helpers)) {
      if (used.has(name) || !new RegExp(`\\b${name}\\b[(<]`).test(text)) continue
      used.add(name)
      look(code)
    }
  }
  look(source)
  return Object.entries(helpers)
    .filter(([name]) => used.has(name))
    .map(([, code]) => code)
    .join('')
}
