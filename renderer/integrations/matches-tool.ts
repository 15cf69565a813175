import type { ConnectorFacts } from '../app-data.ts'

type Searched = Pick<ConnectorFacts, 'name' | 'category' | 'summary'> & {
  actions: Pick<ConnectorFacts['actions'][number], 'title' | 'does'>[]
}

/** What a search looks through: the tool's name, its category and what it can do, in lower case. Made once for each tool. */
export const searchText = (tool: Searched): string =>
  [tool.name, tool.category, tool.summary, ...tool.actions.flatMap(({ title, does }) => [title, does])].join(' ').toLowerCase()

/** Whether each word of a search is in the text. */
export const matches = (text: string, query: string): boolean =>
  query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
