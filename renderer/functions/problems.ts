import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { client } from '../client.ts'
import type { LanguageWorker } from './language/language.ts'

const pauseMs = 300
const none: FunctionProblem[] = []

/** A `warning` runs all the same: it is about types. */
export type FunctionProblem = Problem & { severity?: 'warning' }

/**
 * What keeps a function from compiling as it is typed now, what is wrong with the other files of its folder, and, when it compiles, where
 * its types do not fit the app's tables and tools. `declared` counts how often those have become known.
 */
export function useProblems(
  appId: string,
  { name, file }: AppModel['functions'][number],
  ofApp: readonly Problem[],
  text: string | null,
  { language, declared }: { language: LanguageWorker | null; declared: number },
): FunctionProblem[] {
  const settled = useSettled(text)
  const { data = none } = useQuery({
    queryKey: ['app', appId, 'check', name, settled],
    queryFn: ({ signal }) => client.host.functions.check({ appId, name, ...(settled !== null && { text: settled }) }, { signal }),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  const { data: types = none } = useQuery({
    queryKey: ['app', appId, 'types', file, declared, settled],
    queryFn: async (): Promise<FunctionProblem[]> => {
      const found = (await language?.ask('problems', { path: file, text: settled ?? '' })) ?? []
      return found.map(problem => ({ ...problem, path: file, severity: 'warning' }))
    },
    enabled: language !== null && declared > 0 && settled !== null && data.length === 0,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return useMemo(
    () => [...data, ...ofApp.filter(({ path }) => path.startsWith(folder) && path !== file), ...(data.length === 0 ? types : [])],
    [data, ofApp, folder, file, types],
  )
}

/** A value once it has stopped changing for a moment. The first one counts at once. */
function useSettled(value: string | null): string | null {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs)
    return () => clearTimeout(timer)
  }, [value])
  return settled ?? value
}
