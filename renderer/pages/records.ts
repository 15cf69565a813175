import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { JsonObject } from '../../core/json.ts'
import type { AppError } from '../../core/errors.ts'
import type { RecordPage } from '../../core/contract/published.ts'
import { usePages, type PagesApi, type RecordQuery } from './api.ts'
import type { PageColumn } from './columns.ts'

export const pageSize = 100

/** Everything that shows records of an entity asks again when one of them has changed. */
export const recordKeys = {
  all: ['records'] as const,
  of: (entity: string) => ['records', entity] as const,
}

/** The records of an entity, page after page, and what they refer to. */
export function useRecords(entity: string, columns: readonly PageColumn[], { q, sort }: Pick<RecordQuery, 'q' | 'sort'>) {
  const { api } = usePages()
  const client = useQueryClient()
  return useInfiniteQuery({
    queryKey: [...recordKeys.of(entity), 'list', q ?? null, sort ?? null],
    async queryFn({ pageParam, signal }) {
      const page = await api.records.list(entity, { q, sort, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) }, signal)
      await Promise.all(columns.map(({ name, reference }) => reference && keepReferences(client, api, reference, page, name, signal)))
      return page
    },
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    placeholderData: keepPreviousData,
  })
}

/** Asks for all records that a page of others refers to at once, rather than for each by its cell. What cannot be read, its cell will say. */
async function keepReferences(client: QueryClient, api: PagesApi, entity: string, page: RecordPage, field: string, signal: AbortSignal) {
  const keyOf = (id: string) => [...recordKeys.of(entity), 'one', id]
  const all = new Set(page.items.map(record => record[field]).filter(id => typeof id === 'string' && id !== ''))
  const ids = [...(all as Set<string>)].filter(id => client.getQueryData(keyOf(id)) === undefined)
  if (ids.length === 0) return
  const found = await api.records.list(entity, { q: { id: { $in: ids } }, sort: undefined, limit: pageSize }, signal).catch(() => null)
  for (const record of found?.items ?? []) client.setQueryData(keyOf(String(record['id'])), record)
}

/** One record; disabled while there is no id. */
export function useRecord(entity: string, id: string | null) {
  const { api } = usePages()
  return useQuery({
    queryKey: [...recordKeys.of(entity), 'one', id],
    queryFn: ({ signal }) => api.records.get(entity, id ?? '', signal),
    enabled: id !== null,
  })
}

/** The first records of an entity that a text is found in. */
export function useFound(entity: string, q: JsonObject | undefined, enabled: boolean) {
  const { api } = usePages()
  return useQuery({
    queryKey: [...recordKeys.of(entity), 'found', q ?? null],
    queryFn: ({ signal }) => api.records.list(entity, { q, sort: undefined, limit: 20 }, signal),
    enabled,
    placeholderData: keepPreviousData,
  })
}

export function useRecordActs(entity: string) {
  const { api } = usePages()
  const client = useQueryClient()
  const onSuccess = () => void client.invalidateQueries({ queryKey: recordKeys.of(entity) })
  return {
    create: useMutation<JsonObject, AppError, JsonObject>({ mutationFn: data => api.records.create(entity, data), onSuccess }),
    update: useMutation<JsonObject, AppError, { id: string; data: JsonObject }>({
      mutationFn: ({ id, data }) => api.records.update(entity, id, data),
      onSuccess(record, { id }) {
        // What was saved is seen at once, however long a new list takes.
        client.setQueryData([...recordKeys.of(entity), 'one', id], record)
        onSuccess()
      },
    }),
    remove: useMutation<void, AppError, string>({ mutationFn: id => api.records.remove(entity, id), onSuccess }),
  }
}
