import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../core/json.ts'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'

const pageSize = 100

export type RecordQuery = { q: JsonObject | undefined; sort: string }

/** The records of an entity, page after page. Refreshed when any record of the app changes. */
export function useRecords(appId: string, entity: string, { q, sort }: RecordQuery) {
  return useInfiniteQuery({
    queryKey: [...keys.counts(appId), 'records', entity, q, sort],
    queryFn: ({ pageParam, signal }) =>
      client.host.records.list({ appId, entity, q, sort, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) }, { signal }),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    placeholderData: keepPreviousData,
  })
}

export function useRecordActs(appId: string, entity: string) {
  const refresh = [keys.counts(appId)]
  return {
    create: useAct((data: JsonObject) => client.host.records.create({ appId, entity, data }), { refresh, quiet: true }),
    update: useAct(({ id, data }: { id: string; data: JsonObject }) => client.host.records.update({ appId, entity, id, data }), {
      refresh,
      quiet: true,
    }),
    remove: useAct((ids: string[]) => Promise.all(ids.map(id => client.host.records.delete({ appId, entity, id }))), { refresh }),
  }
}
