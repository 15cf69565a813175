import { Plus, Table2, Trash2 } from 'lucide-react'
import { useCallback, useDeferredValue, useState } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import type { JsonObject } from '../../core/json.ts'
import { useModel } from '../app-data.ts'
import { hrefOf, type ScreenProps } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { FilterInput } from '../ui/input.tsx'
import { Panel, PanelHead } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { columnsOf, pluralOf, searchFilter, titleOf } from './fields.ts'
import { RecordDrawer } from './record-drawer.tsx'
import { RecordTable } from './record-table.tsx'
import { useRecordActs, useRecords } from './records.ts'

/** An entity's records. Without a name in the address, the app's first entity. */
export function Screen({ appId, path: [name] }: ScreenProps) {
  const model = useModel(appId)
  if (!model.data) return <Panel label="Data">{model.error ? <ErrorScreen error={model.error} /> : <Skeleton rows={8} />}</Panel>
  const entities = model.data.entities.map(({ entity }) => entity)
  const entity = entities.find(found => found.name === name) ?? entities[0]
  if (!entity)
    return (
      <Panel label="Data">
        <PanelHead title="Data" />
        <EmptyState
          icon={<Table2 className="i-20" />}
          title="No data yet"
          text="Describe in the chat what your app keeps, for example “Keep tickets with a title, a status and an owner”."
        />
      </Panel>
    )
  return <Records key={entity.name} appId={appId} entity={entity} others={entities} />
}

function Records({ appId, entity, others }: { appId: string; entity: Entity; others: Entity[] }) {
  const columns = columnsOf(entity)
  const [search, setSearch] = useState('')
  const [sort, setSort] = useState('-created_date')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<JsonObject | 'new' | null>(null)
  const [removing, setRemoving] = useState<string[] | null>(null)
  const q = searchFilter(columns, useDeferredValue(search))
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useRecords(appId, entity.name, { q, sort })
  const { create, update, remove } = useRecordActs(appId, entity.name)

  const records = data?.pages.flatMap(page => page.items) ?? []
  const total = data?.pages[0]?.total ?? 0
  const noun = (count: number) => (count === 1 ? titleOf(entity.name).toLowerCase() : pluralOf(entity.name))
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  return (
    <Panel label={`Data: ${entity.name}`}>
      <PanelHead
        title={entity.title ?? titleOf(entity.name)}
        crumbs={others.length > 1 ? [{ label: 'Data', href: hrefOf({ app: appId, screen: 'data' }) }] : []}
        beside={data && <span className="text-13 text-ink-3 tabular-nums">{`${total.toLocaleString()} ${noun(total)}`}</span>}
        actions={
          <Button kind="primary" icon={<Plus />} onClick={() => setOpen('new')}>
            New record
          </Button>
        }
      />
      <div className="flex h-11 flex-none items-center gap-2 border-b border-line px-3">
        {chosen.size > 0 ? (
          <>
            <span className="pl-2 text-13 tabular-nums">{chosen.size} chosen</span>
            <Button kind="danger" icon={<Trash2 />} onClick={() => setRemoving([...chosen])}>
              Delete
            </Button>
            <Button kind="ghost" onClick={() => setChosen(new Set())}>
              Clear
            </Button>
          </>
        ) : (
          <span />
        )}
        <span className="flex-1" />
        <FilterInput
          aria-label={`Search in ${entity.name}`}
          placeholder={`Search in ${entity.name}`}
          value={search}
          onChange={event => setSearch(event.target.value)}
          className="max-w-64"
        />
      </div>
      {error && records.length === 0 ? (
        <ErrorScreen error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton rows={8} />
      ) : records.length === 0 ? (
        <EmptyState
          icon={<Table2 className="i-20" />}
          title={q ? `No ${noun(0)} with “${search.trim()}”` : `No ${noun(0)} yet`}
          text={q ? 'Try another word.' : 'What you add here starts the flows that wait for it.'}
          actions={
            q ? (
              <Button onClick={() => setSearch('')}>Clear the search</Button>
            ) : (
              <Button onClick={() => setOpen('new')}>Add the first one</Button>
            )
          }
        />
      ) : (
        <RecordTable
          label={`Records of ${entity.name}`}
          columns={columns}
          records={records}
          sort={sort}
          onSort={setSort}
          chosen={chosen}
          onChoose={setChosen}
          onOpen={setOpen}
          save={(id, changes) => update.mutateAsync({ id, data: changes })}
          onEnd={onEnd}
        />
      )}
      {open && (
        <RecordDrawer
          entity={entity.name}
          columns={columns}
          record={open === 'new' ? null : open}
          save={changes => (open === 'new' ? create.mutateAsync(changes) : update.mutateAsync({ id: String(open['id']), data: changes }))}
          onRemove={() => open !== 'new' && setRemoving([String(open['id'])])}
          onClose={() => setOpen(null)}
        />
      )}
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Delete ${removing?.length === 1 ? `this ${noun(1)}` : `${removing?.length} ${noun(2)}`}?`}
        text="This cannot be undone. Flows that wait for a deletion will run."
        confirm="Delete"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          removing &&
          remove.mutate(removing, {
            onSuccess: () => {
              toast.say(`${removing.length} ${noun(removing.length)} deleted.`)
              setRemoving(null)
              setChosen(new Set())
              setOpen(null)
            },
          })
        }
      />
    </Panel>
  )
}
