import { ListX, LogIn, Search, Table2 } from 'lucide-react'
import { useCallback, useDeferredValue, useState } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import type { TableBlock as Block } from '../../core/app/page.ts'
import type { JsonObject } from '../../core/json.ts'
import { pluralOf, searchFilter } from '../data/fields.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Input } from '../ui/input.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { usePages } from './api.ts'
import { columnsFor, nounOf } from './columns.ts'
import { RecordList } from './record-list.tsx'
import { useRecords } from './records.ts'

/** Records with a search, sorted and read page by page. `opens`: a row leads to its record. */
export function TableBlock({ page, entity, block, opens }: { page: string; entity: Entity; block: Block; opens: boolean }) {
  const { entities, user, signInHref } = usePages()
  const columns = columnsFor(entity, block.fields, entities)
  const [search, setSearch] = useState('')
  const [sort, setSort] = useState(block.sort)
  const found = searchFilter(
    columnsFor(entity, undefined, entities).filter(({ reference }) => reference === null),
    useDeferredValue(search),
  )
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useRecords(
    entity.name,
    columns,
    {
      q: both(block.filter, found),
      sort,
    },
  )
  const records = data?.pages.flatMap(({ items }) => items) ?? []
  const total = data?.pages[0]?.total ?? 0
  const noun = (count: number) => (count === 1 ? nounOf(entity) : pluralOf(entity.title ?? entity.name))
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const isEmpty = data !== undefined && records.length === 0
  const needsSignIn = error && !user && (error.code === 'unauthorized' || error.code === 'forbidden')

  return (
    <Card role="region" aria-label={block.title ?? noun(2)} className="flex min-h-72 flex-1 flex-col overflow-hidden bg-surface">
      {(!isEmpty || found || block.title) && (
        <div className="flex min-h-11 flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5">
          {block.title && <h2 className="pl-1 text-13 font-semibold">{block.title}</h2>}
          <p role="status" className="pl-1 text-12 text-ink-3 tabular-nums">
            {total > 0 && `${total.toLocaleString()} ${noun(total)}`}
          </p>
          <span className="flex-1" />
          {(!isEmpty || found) && (
            <Input
              type="search"
              icon={<Search className="i-14" />}
              aria-label={`Search ${noun(2)}`}
              placeholder="Search"
              value={search}
              onChange={({ target }) => setSearch(target.value)}
              className="w-56! max-w-full max-[560px]:flex-1"
            />
          )}
        </div>
      )}
      {needsSignIn ? (
        <EmptyState
          icon={<LogIn className="i-20" />}
          title={`Sign in to see ${noun(2)}`}
          text="They are for people who are signed in."
          actions={
            <a href={signInHref()} className={buttonClass('primary')}>
              Sign in
            </a>
          }
        />
      ) : error && records.length === 0 ? (
        <div className="p-4">
          <ErrorNote error={error} onRetry={() => void refetch()} />
        </div>
      ) : isPending ? (
        <Skeleton rows={8} />
      ) : isEmpty && found ? (
        <EmptyState
          icon={<ListX className="i-20" />}
          title={`No ${noun(2)} with “${search.trim()}”`}
          text="Try another word."
          actions={<Button onClick={() => setSearch('')}>Clear the search</Button>}
        />
      ) : isEmpty ? (
        <EmptyState
          icon={<Table2 className="i-20" />}
          title={`No ${noun(2)} yet`}
          text={`The first ${noun(1)} is here as soon as somebody adds it.`}
        />
      ) : (
        <RecordList
          label={block.title ?? noun(2)}
          page={page}
          entity={entity}
          columns={columns}
          records={records}
          total={total}
          sort={sort ?? ''}
          onSort={setSort}
          opens={opens}
          isOld={isPlaceholderData}
          onEnd={onEnd}
        />
      )}
    </Card>
  )
}

const both = (one: JsonObject | undefined, other: JsonObject | undefined): JsonObject | undefined =>
  one && other ? { $and: [one, other] } : (one ?? other)
