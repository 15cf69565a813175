import { useState } from 'react'
import type { JsonObject } from '../../core/json.ts'
import { Button } from '../ui/button.tsx'
import { Drawer } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { titleOf, type Column } from './fields.ts'
import { nameOf, RecordForm } from './record-form.tsx'

type Props = {
  entity: string
  columns: Column[]
  /** Null for a new one. */
  record: JsonObject | null
  save: (data: JsonObject) => Promise<unknown>
  onRemove: () => void
  onClose: () => void
}

/** A form for one record, in a sheet of its own. */
export function RecordDrawer({ entity, columns, record, save, onRemove, onClose }: Props) {
  const [isSaving, setSaving] = useState(false)
  const title = record ? nameOf(columns, record) : `New ${titleOf(entity).toLowerCase()}`
  return (
    <Drawer
      open
      onClose={onClose}
      title={title}
      head={
        <>
          <p className="truncate text-16 font-semibold">{title}</p>
          {record && (
            <p className="text-12 text-ink-3">
              Created <RelativeTime at={String(record['created_date'])} />, changed <RelativeTime at={String(record['updated_date'])} />
            </p>
          )}
        </>
      }
      foot={
        <>
          {record && (
            <Button kind="ghost" onClick={onRemove}>
              Delete
            </Button>
          )}
          <span className="flex-1" />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form="record" busy={isSaving}>
            {record ? 'Save' : 'Create'}
            <Kbd on="accent">mod+enter</Kbd>
          </Button>
        </>
      }
    >
      <RecordForm id="record" columns={columns} record={record} save={save} onBusy={setSaving} onDone={onClose} />
    </Drawer>
  )
}
