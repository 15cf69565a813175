import type { Entity } from '../../core/app/entity.ts'
import type { Plan } from '../../core/plan.ts'
import { plural } from '../language/words.ts'
import type { Blueprint } from './blueprint.ts'
import { dateField, emailField, headlineField, titleOf, wordsOfName } from './entity-file.ts'
import { camelCase, inTemplate, key, literal, member, variableOf } from './naming.ts'
import { helpersFor, recordFrom, tellBody, withoutUnread, type HookTrigger } from './hook-source.ts'
import { itemLine, listQuery } from './own-records.ts'
import type { Content } from './recipes.ts'
import { sentenceOf } from './sentence.ts'

type Given = { blueprint: Blueprint; trigger: Plan['trigger']; slots: Readonly<Record<string, string>>; message: string }

/** The function's source, as a person would have written it: read what is needed, then one call per step. */
export function functionSource({ blueprint, trigger, slots, message }: Given): string {
  const { entity, made, reads, writes, functionName } = blueprint
  const record = trigger.kind === 'record' && entity ? variableOf(entity.entity.name) : null
  const used = new Set([functionName, ...(record ? [record] : [])])
  const sections: string[] = []
  const received = trigger.kind === 'webhook' ? receive(trigger, blueprint, { used, message }) : null
  const lines = [...(received?.lines ?? [])]

  if (entity && !record) {
    const items = unused(camelCase(plural(wordsOfName(entity.entity.name))), used)
    const item = unused(variableOf(entity.entity.name), used)
    lines.push(`const ${items} = await entities.${entity.entity.name}.list(${listQuery(entity.entity)})`)
    sections.push(`${items}.map(${item} => ${itemLine(entity.entity, item)})`)
  }
  for (const { action, recipe } of reads) {
    const name = unused(camelCase(plural(action.object === 'message' && recipe.connector === 'gmail' ? 'email' : action.object)), used)
    const isTable = recipe.action === 'readRows'
    const input = objectOf(
      recipe.input(contentOf({ record: null, entity: null, trigger, slots, message, text: null, title: blueprint.title })),
    )
    lines.push(`const ${isTable ? `{ rows: ${name} }` : name} = await connectors.${recipe.connector}.${recipe.action}(${input})`)
    sections.push(`${name}.map(item => ${recipe.line?.('item') ?? "''"})`)
  }
  let text: string | null = null
  const needsText = writes.some(({ recipe }) => !['appendRow'].includes(recipe.action))
  if (sections.length > 0 && needsText) {
    text = unused('text', used)
    const all = sections.length === 1 ? sections[0] : `[...${sections.join(', ...')}]`
    lines.push(`const ${text} = ${all}.join('\\n') || ${entity ? "'Nothing open.'" : "'Nothing new.'"}`)
  }
  const content = contentOf({
    record: received?.record ?? record,
    entity: received?.entity ?? entity?.entity ?? null,
    trigger,
    slots,
    message,
    text,
    title:
      entity && !record ? titleOf(`${slots['to'] === 'me' ? 'your ' : ''}${plural(wordsOfName(entity.entity.name))}`) : blueprint.title,
  })
  if (sections.length > 0) content.row = digestRow(sections, lines)
  else if (received) Object.assign(content, received.content)
  if (lines.length > 0) lines.push('')
  for (const { recipe } of writes) {
    const input = recipe.input(content)
    lines.push(`await connectors.${recipe.connector}.${recipe.action}(${objectOf(input)})`)
  }
  lines.push(...(received?.creates ?? []))
  for (const { entity: target } of received ? [] : made) {
    const field = headlineField(target)
    lines.push(`await entities.${target.name}.create({${field ? ` ${key(field)}: ${content.headline} ` : ''}})`)
  }
  const body = lines.join('\n').replace(/\n+$/, '').replace(/^\n+/, '')
  const parameter = received ? '{ body }: { body: unknown }' : record && entity ? `{ ${record} }: { ${record}: ${entity.entity.name} }` : ''
  const usesEntities = /\bentities\./.test(body)
  const usesConnectors = /\bconnectors\./.test(body)
  const imports = [usesConnectors && 'connectors', usesEntities && 'entities'].filter(Boolean).join(', ')
  return [
    ...(imports ? [`import { ${imports} } from 'plugboard'`] : []),
    ...(record && entity ? [`import type { ${entity.entity.name} } from 'plugboard'`] : []),
    '',
    `/** ${sentenceOf(blueprint, trigger)} */`,
    `export default async function ${functionName}(${parameter}) {`,
    ...body.split('\n').map(line => (line ? `  ${line}` : '')),
    '}',
    ...(received ? [helpersFor(body).trimEnd()] : []),
    '',
  ].join('\n')
}

/** What a request brings: the records that are made of it, else what it says. Nothing in it is taken for granted. */
function receive(trigger: HookTrigger, { made, reads, writes }: Blueprint, { used, message }: { used: Set<string>; message: string }) {
  for (const name of ['body', 'fields', 'text']) used.add(name)
  const [first, ...others] = made.map(({ entity }) => ({ entity: withoutUnread(entity), from: recordFrom(entity, trigger) }))
  if (!first) {
    const { lines, content } = tellBody(trigger)
    const said = message ? { headline: literal(message), name: literal(message), body: '', details: '' } : {}
    const needsText = !message && writes.some(({ recipe }) => recipe.action !== 'appendRow')
    const needed = lines.filter(line => !line.startsWith('const text = ') || (needsText && reads.length === 0))
    return { record: null, entity: null, lines: needed, content: { ...content, ...said }, creates: [] }
  }
  const record = unused(variableOf(first.entity.name), used)
  return {
    record,
    entity: first.entity,
    lines: [`const ${record} = ${first.from}`],
    content: { row: rowOf(record, first.entity, 'new Date().toISOString()') },
    // Last: a step that is tried again makes no call a second time, but would add a second record.
    creates: [
      `await entities.${first.entity.name}.create(${record})`,
      ...others.map(({ entity, from }) => `await entities.${entity.name}.create(${from})`),
    ],
  }
}

type ForContent = {
  record: string | null
  entity: Entity | null
  trigger: Plan['trigger']
  slots: Readonly<Record<string, string>>
  message: string
  text: string | null
  title: string
}

function contentOf({ record, entity, trigger, slots, message, text, title }: ForContent): Content {
  const main = entity ? headlineField(entity) : null
  const noun = entity ? wordsOfName(entity.name) : ''
  // A record has a value for each field, be it null; what a request does not say is not there.
  const mayLack = trigger.kind === 'webhook' && main !== null && !entity?.required.includes(main)
  const value = record && main ? `\${${record}${member(main)}${mayLack ? " ?? '–'" : ''}}` : ''
  const headline = message
    ? withFields(message, record, entity)
    : record
      ? `\`${inTemplate(headlineWords(trigger, noun))}: ${value}\``
      : literal(title)
  const email = record && entity ? emailField(entity) : null
  const start = record && entity ? dateField(entity) : null
  return {
    headline,
    name: record && main && !message && !mayLack ? `${record}${member(main)}` : headline,
    body: text ?? '',
    details: record && entity && !message ? detailsOf(record, entity) : '',
    row: record && entity ? rowOf(record, entity) : `{ Date: new Date().toISOString().slice(0, 10), Note: ${headline} }`,
    start:
      start && record
        ? `${record}${member(start)}${entity?.required.includes(start) ? '' : ' ?? new Date().toISOString().slice(0, 10)'}`
        : null,
    email: email && record ? `${record}${member(email)}` : null,
    slot: id => withFields(slots[id] ?? '', record, entity),
  }
}

/** A template with the fields a person would want to read in a mail, each on its line. */
function detailsOf(record: string, entity: Entity): string {
  const main = headlineField(entity)
  const telling = Object.entries(entity.properties).filter(
    ([name, field]) =>
      name === main ||
      entity.required.includes(name) ||
      field.enum ||
      field.format ||
      /description|notes|message|amount|total|value|company/.test(name),
  )
  const shown = telling.filter(([, field]) => field.type !== 'object' && field.type !== 'array').slice(0, 5)
  if (shown.length < 2) return ''
  const lines = shown.map(
    ([name, field]) =>
      `${inTemplate(field.title ?? titleOf(name))}: \${${record}${member(name)}${entity.required.includes(name) ? '' : " ?? '–'"}}`,
  )
  return `[\n    ${lines.map(line => `\`${line}\`,`).join('\n    ')}\n  ].join('\\n')`
}

function headlineWords(trigger: Plan['trigger'], noun: string): string {
  if (trigger.kind === 'webhook') return `New ${noun}`
  if (trigger.kind !== 'record') return titleOf(noun)
  if (trigger.condition)
    return titleOf(`${noun} is now ${trigger.condition.value}${trigger.condition.field === 'priority' ? ' priority' : ''}`)
  return trigger.event === 'created' ? `New ${noun}` : titleOf(`${noun} ${trigger.event}`)
}

/** Text from the user as code: `{field}` is the record's field when it has one, everything else stays text. */
function withFields(text: string, record: string | null, entity: Entity | null): string {
  const parts = text.split(/\{([A-Za-z_]\w*)\}/)
  const known = (name: string): boolean => record !== null && entity !== null && (Object.hasOwn(entity.properties, name) || name === 'id')
  if (parts.length === 1 || !parts.some((part, n) => n % 2 === 1 && known(part))) return literal(text)
  if (parts.length === 3 && parts[0] === '' && parts[2] === '' && record) return `${record}${member(parts[1] ?? '')}`
  return `\`${parts.map((part, n) => (n % 2 === 0 ? inTemplate(part) : known(part) ? `\${${record}${member(part)}}` : inTemplate(`{${part}}`))).join('')}\``
}

function rowOf(record: string, entity: Entity, created = `${record}.created_date`): string {
  const fields = Object.entries(entity.properties)
    .filter(([, field]) => field.type !== 'object' && field.type !== 'array')
    .slice(0, 12)
  const lines = fields.map(([name, field]) => `${key(field.title ?? titleOf(name))}: ${record}${member(name)},`)
  return `{\n    ${[...lines, `Created: ${created},`].join('\n    ')}\n  }`
}

function digestRow(sections: readonly string[], lines: readonly string[]): string {
  const counts = sections
    .map(section => /^(\w+)\.map/.exec(section)?.[1] ?? '')
    .filter(name => name && lines.some(line => line.includes(name)))
  return `{ Date: new Date().toISOString().slice(0, 10)${counts.map(name => `, ${titleOf(wordsOfName(name)).replaceAll(' ', '_')}: ${name}.length`).join('')} }`
}

function objectOf(input: Readonly<Record<string, string>>): string {
  const entries = Object.entries(input).filter(([, value]) => value !== "''")
  if (entries.length === 0) return '{}'
  const parts = entries.map(([name, value]) => (name === value ? name : `${name}: ${value}`))
  const line = `{ ${parts.join(', ')} }`
  return line.length <= 96 && !line.includes('\n') ? line : `{\n  ${parts.join(',\n  ')},\n}`
}

function unused(name: string, used: Set<string>): string {
  let free = name
  for (let n = 2; used.has(free); n++) free = `${name}${n}`
  used.add(free)
  return free
}
