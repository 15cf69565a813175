import { fileURLToPath } from 'node:url'
import { actionShapes, type ActionShape } from '../connectors/facts.ts'
import { schemaText } from '../core/app/schema-text.ts'
import type { Connector } from '../core/connector.ts'
import type { Json, JsonObject } from '../core/json.ts'

export const docsFolder = fileURLToPath(new URL('../docs/connectors/', import.meta.url))

const made = '<!-- Made by npm run connectors from the declaration. Do not edit. -->'

/** The pages of `docs/connectors`: file name → text. */
export const renderDocs = (connectors: readonly Connector[]): Record<string, string> => ({
  'README.md': index(connectors),
  ...Object.fromEntries(connectors.map(connector => [`${connector.id}.md`, page(connector)])),
})

function index(connectors: readonly Connector[]): string {
  const categories = [...new Set(connectors.map(({ category }) => category))]
  const tables = categories.map(category => {
    const rows = connectors.filter(each => each.category === category).map(each => [link(each), each.summary, practiceWord(each)])
    return `## ${category}\n\n${table(['Connector', 'What it does', 'Practice account'], rows)}`
  })
  return `# Connectors\n\n${made}\n\nHow to add one: [connectors.md](../connectors.md).\n\n${tables.join('\n\n')}\n`
}

const link = ({ id, name }: Connector) => `[${name}](${id}.md)`
const practiceWord = ({ provider }: Connector) => (provider.practice ? 'Yes' : 'No')

function page(connector: Connector): string {
  const { id, name, summary, category, provider, prompts, afterConnect, scopes } = connector
  return `${[
    `# ${name}`,
    made,
    summary,
    table(
      ['', ''],
      [
        ['In functions', `\`connectors.${id}\``],
        ['Category', category],
        ['Signs in at', `[${provider.name}](../providers/${provider.id}.md)`],
        ['Practice account', provider.practice ? 'Yes, on this computer' : 'No'],
      ],
    ),
    ...(afterConnect ? [`**After connecting:** ${afterConnect}`] : []),
    `## Prompts\n\n${prompts.map(prompt => `- ${prompt}`).join('\n')}`,
    '## Actions',
    ...actionShapes(connector).map(shape => actionText(shape, scopes)),
    `## Permissions\n\n${table(
      ['It may', 'Scope', 'Needed by'],
      Object.entries(scopes).map(([scope, words]) => [words, `\`${scope}\``, neededBy(connector, scope)]),
    )}`,
  ].join('\n\n')}\n`
}

function neededBy({ identityScopes, actions }: Connector, scope: string): string {
  const titles = Object.values(actions)
    .filter(action => action.scopes.includes(scope))
    .map(({ title }) => title)
  return [...(identityScopes.includes(scope) ? ['Every connection'] : []), ...titles].join(', ')
}

function actionText(
  { id, title, does, effect, idempotent, destructive, scopes, inputSchema, outputSchema }: ActionShape,
  words: Readonly<Record<string, string>>,
) {
  const kind = effect === 'read' ? 'Reads' : `Writes${destructive ? ', and replaces or deletes what was there' : ''}`
  const again = effect === 'read' || idempotent ? 'Safe to repeat' : 'Not repeated by itself'
  return [
    `### ${title} — \`${id}\``,
    does,
    `${kind}. ${again}.${scopes.length > 0 ? ` Needs: ${scopes.map(scope => words[scope] ?? scope).join('; ')}.` : ''}`,
    inputs(inputSchema),
    `Answer: ${code(typeText(outputSchema, 'returned'))}`,
  ].join('\n\n')
}

function inputs(schema: Json): string {
  const fields = Object.entries(members(schema, 'properties'))
  if (fields.length === 0) return 'Takes no input.'
  const required = new Set(isObject(schema) && Array.isArray(schema['required']) ? schema['required'] : [])
  return table(
    ['Input', 'Type', 'Required', 'What it is'],
    fields.map(([name, field]) => [
      `\`${name}\``,
      code(typeText(field, 'given', schema)),
      'default' in asObject(field)
        ? `No, ${code(JSON.stringify(asObject(field)['default']))} by itself`
        : required.has(name)
          ? 'Yes'
          : 'No',
      [asObject(field)['title'], asObject(field)['description']].filter(Boolean).join(': '),
    ]),
  )
}

const typeText = (schema: Json, side: 'given' | 'returned', root: Json = schema) =>
  schemaText(schema, side, root)
    .replaceAll(/\/\*\*.*?\*\/\n\s*/g, '')
    .replaceAll(/\{\n\s*/g, '{ ')
    .replaceAll(/\n\s*\}/g, ' }')
    .replaceAll(/\n\s*/g, '; ')

const code = (text: string) => `\`${text}\``
const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
const asObject = (value: Json): JsonObject => (isObject(value) ? value : {})
const members = (schema: Json, name: string): JsonObject => asObject(asObject(schema)[name] ?? {})
