import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { client } from '../client.ts'

const pauseMs = 300
const none: Problem[] = []

/** What keeps a function from compiling as it is typed now, and what is wrong with the other files of its folder. */
export function useProblems(
  appId: string,
  { name, file }: AppModel['functions'][number],
  ofApp: readonly Problem[],
  text: string | null,
): Problem[] {
  const settled = useSettled(text)
  const { data = none } = useQuery({
    queryKey: ['app', appId, 'check', name, settled],
    queryFn: ({ signal }) => client.host.functions.check({ appId, name, ...(settled !== null && { text: settled }) }, { signal }),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return useMemo(() => [...data, ...ofApp.filter(({ path }) => path.startsWith(folder) && path !== file)], [data, ofApp, folder, file])
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
