import type { ConnectorFacts } from '../app-data.ts'

type Searched = Pick<ConnectorFacts, 'name' | 'category' | 'summary'> & {
  actions: Pick<ConnectorFacts['actions'][number], 'title' | 'does'>[]
}

/** What a search looks through: each thing the tool can do, with the tool's name and category, in lower case. Made once for each tool. */
export function searchTexts({ name, category, summary, actions }: Searched): string[] {
  const head = [name, category, summary].join(' ')
  return [head, ...actions.map(({ title, does }) => [head, title, does].join(' '))].map(text => text.toLowerCase())
}

/** Whether all words of a search are in one of the texts: “send an email” is one thing to do, not three words from here and there. */
export function matches(texts: readonly string[], query: string): boolean {
  const words = query.toLowerCase().split(/\s+/)
  return texts.some(text => words.every(word => text.includes(word)))
}
