import type { ConnectorFacts } from '../app-data.ts'

/** Whether a tool fits a search: each word is in its name, its category, or what it can do. */
export function matchesTool(tool: Pick<ConnectorFacts, 'name' | 'category' | 'summary' | 'actions'>, query: string): boolean {
  const text = [tool.name, tool.category, tool.summary, ...tool.actions.flatMap(({ title, does }) => [title, does])].join(' ').toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every(word => text.includes(word))
}
