import { useState } from 'react'
import type { JsonObject } from '../../core/json.ts'
import type { AppError } from '../../core/errors.ts'
import { Button } from '../ui/button.tsx'
import { Drawer } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field } from '../ui/input.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { inputOf, parseInput, titleOf, type Column } from './fields.ts'
import { ValueInput } from './value-input.tsx'

type Props = {
  entity: string
  columns: Column[]
  /** Null for a new one. */
  record: JsonObject | null
  save: (data: JsonObject) => Promise<unknown>
  onRemove: () => void
  onClose: () => void
}

/** A form for one record. What was typed stays until it is saved or closed; a problem stands at its field. */
export function RecordDrawer({ entity, columns, record, save, onRemove, onClose }: Props) {
  const [drafts, setDrafts] = useState<Record<string, string>>(() =>
    Object.fromEntries(columns.map(column => [column.name, inputOf(column, record ? record[column.name] : column.initial)])),
  )
  const [problems, setProblems] = useState<Record<string, string>>({})
  const [error, setError] = useState<AppError | null>(null)
  const [isSaving, setSaving] = useState(false)
  const title = record ? nameOf(columns, record) : `New ${titleOf(entity).toLowerCase()}`

  async function submit(): Promise<void> {
    const parsed = columns.map(column => ({ column, ...parseInput(column, drafts[column.name] ?? '') }))
    const wrong = parsed.flatMap(result => (result.ok ? [] : [[result.column.name, result.message]]))
    setProblems(Object.fromEntries(wrong) as Record<string, string>)
    if (wrong.length > 0) return
    const values = parsed.flatMap(result =>
      result.ok && (result.value !== undefined || record) ? [[result.column.name, result.value ?? null]] : [],
    )
    setSaving(true)
    setError(null)
    try {
      await save(Object.fromEntries(values) as JsonObject)
      onClose()
    } catch (failure) {
      setError(failure as AppError)
      setSaving(false)
    }
  }

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
      <form
        id="record"
        className="space-y-4"
        onSubmit={event => {
          event.preventDefault()
          void submit()
        }}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit()
        }}
      >
        {columns.map((column, index) => (
          <Field
            key={column.name}
            label={column.title}
            optional={!column.required}
            hint={column.hint}
            error={problems[column.name] ?? null}
          >
            {ids => (
              <ValueInput
                {...ids}
                roomy
                autoFocus={index === 0}
                column={column}
                value={drafts[column.name] ?? ''}
                bad={column.name in problems}
                onChange={value => setDrafts({ ...drafts, [column.name]: value })}
              />
            )}
          </Field>
        ))}
        {error && <ErrorNote error={error} />}
      </form>
    </Drawer>
  )
}

/** What a record is called: its first text, else its id. */
export function nameOf(columns: readonly Column[], record: JsonObject): string {
  const text = columns.find(({ name, kind }) => kind === 'text' && typeof record[name] === 'string' && record[name] !== '')
  return String(text ? record[text.name] : record['id']).slice(0, 60)
}
