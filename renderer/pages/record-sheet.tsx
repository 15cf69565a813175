import { Pencil, Trash2 } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import type { JsonObject } from '../../core/json.ts'
import { RecordForm } from '../data/record-form.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { ConfirmDialog, Drawer } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { usePages } from './api.ts'
import { columnsFor, headlineOf, nounOf, recordTitle } from './columns.ts'
import { FieldControl } from './field-control.tsx'
import { useRecord, useRecordActs } from './records.ts'
import { Value } from './value.tsx'

type Props = {
  entity: Entity
  fields: readonly string[] | undefined
  /** Null: a new one. */
  id: string | null
  onClose: () => void
}

/** One record in a sheet beside the page: to read, to edit and to delete, or a new one to write. */
export function RecordSheet({ entity, fields, id, onClose }: Props) {
  const { user, signInHref } = usePages()
  const { data: record, error, refetch } = useRecord(entity.name, id)
  const { create, update } = useRecordActs(entity.name)
  const [isEditing, setEditing] = useState(false)
  useFocusBack()
  const noun = nounOf(entity)
  if (!user && id === null)
    return (
      <Sheet title={`New ${noun}`} onClose={onClose}>
        <p className="text-13 text-ink-2">You are not signed in.</p>
        <a href={signInHref()} className={buttonClass('primary')}>
          Sign in
        </a>
      </Sheet>
    )
  if (id === null)
    return (
      <Writing
        title={`New ${noun}`}
        entity={entity}
        fields={fields}
        record={null}
        submit="Create"
        save={data => create.mutateAsync(data)}
        onDone={() => {
          toast.say(`The ${noun} is added.`)
          onClose()
        }}
        onCancel={onClose}
        onClose={onClose}
      />
    )
  if (!record)
    return (
      <Sheet title={noun} onClose={onClose}>
        {error?.code === 'not_found' ? (
          <p className="text-13 text-ink-2">{`This ${noun} is not here. It may have been deleted, or it is not for you to see.`}</p>
        ) : error ? (
          <ErrorNote error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton rows={4} className="" />
        )}
      </Sheet>
    )
  if (isEditing)
    return (
      <Writing
        title={recordTitle(entity, record)}
        entity={entity}
        fields={fields}
        record={record}
        submit="Save"
        save={data => update.mutateAsync({ id, data })}
        onDone={() => {
          toast.say('Saved.')
          setEditing(false)
        }}
        onCancel={() => setEditing(false)}
        onClose={onClose}
      />
    )
  return <Reading entity={entity} fields={fields} record={record} onEdit={() => setEditing(true)} onClose={onClose} />
}

/** Where the focus was before comes back once the record is closed. The sheet cannot know: while a record loads, it is drawn anew. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(() => {
    return () => {
      setTimeout(() => {
        const isLost = document.activeElement === null || document.activeElement === document.body
        if (isLost && before instanceof HTMLElement && before.isConnected) before.focus()
      })
    }
  }, [before])
}

function Reading({
  entity,
  fields,
  record,
  onEdit,
  onClose,
}: Pick<Props, 'entity' | 'fields' | 'onClose'> & { record: JsonObject; onEdit: () => void }) {
  const { user, entities } = usePages()
  const { remove } = useRecordActs(entity.name)
  const [isAsking, setAsking] = useState(false)
  const noun = nounOf(entity)
  const columns = columnsFor(entity, fields, entities)
  // The head of the sheet says it already.
  const headline = headlineOf(columns)
  return (
    <Sheet
      title={recordTitle(entity, record)}
      note={
        <>
          Added <RelativeTime at={String(record['created_date'])} inline />, changed{' '}
          <RelativeTime at={String(record['updated_date'])} inline />
        </>
      }
      onClose={onClose}
      foot={
        user && (
          <>
            <Button kind="ghost" icon={<Trash2 className="i-14" />} onClick={() => setAsking(true)}>
              Delete
            </Button>
            <span className="flex-1" />
            <Button kind="primary" icon={<Pencil className="i-14" />} onClick={onEdit}>
              Edit
            </Button>
          </>
        )
      }
    >
      <dl className="space-y-4">
        {columns
          .filter(column => column !== headline)
          .map(column => (
            <div key={column.name}>
              <dt className="mb-0.5 text-12 text-ink-3">{column.title}</dt>
              <dd className="text-14">
                <Value whole column={column} value={record[column.name]} />
              </dd>
            </div>
          ))}
      </dl>
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`Delete this ${noun}?`}
        text="It is gone for everyone. This cannot be undone."
        confirm="Delete"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          remove.mutate(String(record['id']), {
            onSuccess: () => {
              toast.say(`The ${noun} is deleted.`)
              onClose()
            },
          })
        }
      />
    </Sheet>
  )
}

type WritingProps = Pick<Props, 'entity' | 'fields' | 'onClose'> & {
  title: string
  record: JsonObject | null
  submit: string
  save: (data: JsonObject) => Promise<unknown>
  onDone: () => void
  onCancel: () => void
}

function Writing({ title, entity, fields, record, submit, save, onDone, onCancel, onClose }: WritingProps) {
  const { entities } = usePages()
  const [isBusy, setBusy] = useState(false)
  return (
    <Sheet
      title={title}
      onClose={onClose}
      foot={
        <>
          <span className="flex-1" />
          <Button onClick={onCancel}>Cancel</Button>
          <Button kind="primary" type="submit" form="record" busy={isBusy}>
            {submit}
          </Button>
        </>
      }
    >
      <RecordForm
        id="record"
        columns={columnsFor(entity, fields, entities).filter(({ name }) => name in entity.properties)}
        record={record}
        save={save}
        onBusy={setBusy}
        onDone={onDone}
        Control={FieldControl}
      />
    </Sheet>
  )
}

const Sheet = ({
  title,
  note,
  foot,
  onClose,
  children,
}: {
  title: string
  note?: ReactNode
  foot?: ReactNode
  onClose: () => void
  children: ReactNode
}) => (
  <Drawer
    open
    onClose={onClose}
    title={title}
    head={
      <>
        <p className="text-16 font-semibold wrap-anywhere first-letter:uppercase">{title}</p>
        {note && <p className="mt-0.5 text-12 text-ink-3">{note}</p>}
      </>
    }
    foot={foot}
  >
    {children}
  </Drawer>
)
