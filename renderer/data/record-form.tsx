import { useRef, useState, type ComponentType } from 'react'
import { AppError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field } from '../ui/input.tsx'
import { inputOf, parseInput, type Column } from './fields.ts'
import { ValueInput, type ValueInputProps } from './value-input.tsx'

type Props = {
  /** For the button that submits it from elsewhere. */
  id: string
  columns: readonly Column[]
  /** Null for a new one. */
  record: JsonObject | null
  save: (data: JsonObject) => Promise<unknown>
  onBusy: (isBusy: boolean) => void
  onDone: () => void
  /** Whether the first field takes the focus. */
  autoFocus?: boolean
  /** Draws the control of a column in its own way. */
  Control?: ComponentType<ValueInputProps>
}

/** The fields of one record. What was typed stays until it is saved; a problem stands at its field. */
export function RecordForm({ id, columns, record, save, onBusy, onDone, autoFocus = true, Control = ValueInput }: Props) {
  const [drafts, setDrafts] = useState<Record<string, string>>(() =>
    Object.fromEntries(columns.map(column => [column.name, inputOf(column, record ? record[column.name] : column.initial)])),
  )
  const [problems, setProblems] = useState<Record<string, string>>({})
  const [error, setError] = useState<AppError | null>(null)
  const form = useRef<HTMLFormElement>(null)

  async function submit(): Promise<void> {
    const parsed = columns.map(column => ({ column, ...parseInput(column, drafts[column.name] ?? '') }))
    const wrong = parsed.flatMap(result => (result.ok ? [] : [[result.column.name, result.message]]))
    setProblems(Object.fromEntries(wrong) as Record<string, string>)
    if (wrong.length > 0) return void requestAnimationFrame(() => firstWrong(form.current)?.focus())
    const values = parsed.flatMap(result =>
      result.ok && (result.value !== undefined || record) ? [[result.column.name, result.value ?? null]] : [],
    )
    onBusy(true)
    setError(null)
    try {
      await save(Object.fromEntries(values) as JsonObject)
      onDone()
    } catch (failure) {
      setError(AppError.from(failure))
    } finally {
      onBusy(false)
    }
  }

  return (
    <form
      ref={form}
      id={id}
      noValidate
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
        <Field key={column.name} label={column.title} optional={!column.required} hint={column.hint} error={problems[column.name] ?? null}>
          {ids => (
            <Control
              {...ids}
              roomy
              autoFocus={autoFocus && index === 0}
              column={column}
              value={drafts[column.name] ?? ''}
              bad={column.name in problems}
              onChange={value => setDrafts({ ...drafts, [column.name]: value })}
            />
          )}
        </Field>
      ))}
      {error && (
        <div ref={bringIntoView} className="scroll-mb-5">
          <ErrorNote error={error} />
        </div>
      )}
    </form>
  )
}

const firstWrong = (form: HTMLElement | null) => form?.querySelector<HTMLElement>('[aria-invalid="true"]')

/** The button that was pressed may be far from it. */
const bringIntoView = (note: HTMLElement | null): void => note?.scrollIntoView({ block: 'nearest' })

/** What a record is called: its first text, else its id. */
export function nameOf(columns: readonly Column[], record: JsonObject): string {
  const text = columns.find(({ name, kind }) => kind === 'text' && typeof record[name] === 'string' && record[name] !== '')
  return String(text ? record[text.name] : record['id']).slice(0, 60)
}
