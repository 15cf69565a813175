import { useQueries, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { AppModel } from '../../core/app/model.ts'
import { actionsQuery, useConnectors, type ActionShape } from '../app-data.ts'
import { startLanguage, type LanguageWorker } from './language/language.ts'

/** TypeScript is kept a while after the last function is closed, so that going from one to the next does not start it anew. */
const graceMs = 30_000
let running: { language: LanguageWorker; users: number; ending?: ReturnType<typeof setTimeout> } | null = null

/**
 * TypeScript for the function that is open, knowing the app's tables and tools. Of the tools that the text does not name only the
 * actions are told: their shapes come with the first mention.
 */
export function useLanguage(
  { entities }: Pick<AppModel, 'entities'>,
  text: string | null,
): { language: LanguageWorker | null; declared: number } {
  const language = useRunning()
  const { data: tools } = useConnectors()
  const named = useMemo(() => mentioned(text ?? '').join(), [text])
  const shapes = useQueries({
    queries: named
      .split(',')
      .filter(id => tools?.some(tool => tool.id === id))
      .map(actionsQuery),
    combine: loaded,
  })
  const [declared, setDeclared] = useState(0)
  useEffect(() => {
    if (!language || !tools) return
    const connectors = tools.map(tool => {
      const known = shapes.find(({ connector }) => connector === tool.id)
      return { id: tool.id, name: tool.name, actions: known?.actions ?? tool.actions }
    })
    void language.ask('declare', { entities, connectors }).then(() => setDeclared(count => count + 1))
  }, [language, tools, shapes, entities])
  return { language, declared }
}

const loaded = (found: UseQueryResult<Shapes>[]): Shapes[] => found.flatMap(({ data }) => data ?? [])
type Shapes = { connector: string; actions: ActionShape[] }

/** The tools that a text names after `connectors.`. */
const mentioned = (text: string): string[] => [...new Set([...text.matchAll(/\bconnectors\s*\??\.\s*(\w+)/g)].map(([, id = '']) => id))]

const useRunning = (): LanguageWorker | null => useSyncExternalStore(use, () => running?.language ?? null)

function use(): () => void {
  running ??= { language: startLanguage(), users: 0 }
  const mine = running
  clearTimeout(mine.ending)
  mine.users++
  return () => {
    mine.users--
    if (mine.users > 0) return
    mine.ending = setTimeout(() => {
      mine.language.stop()
      running = null
    }, graceMs)
  }
}
