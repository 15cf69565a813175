import { useState } from 'react'
import type { Json, JsonObject } from '../../core/json.ts'
import type { AppError } from '../../core/errors.ts'
import { toast } from '../ui/toast.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { inputOf, parseInput, type Column } from './fields.ts'
import { Value } from './value.tsx'
import { ValueInput } from './value-input.tsx'

type Props = { column: Column; record: JsonObject; name: string; save: (data: JsonObject) => Promise<unknown> }

/** A cell that is edited in place: Enter or F2 begins, Enter saves, Escape leaves it as it was, going elsewhere saves. */
export function Cell({ column, record, name, save }: Props) {
  const value: Json | undefined = record[column.name]
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  if (draft === null)
    return (
      <button
        type="button"
        onClick={() => setDraft(inputOf(column, value))}
        onKeyDown={event => event.key === 'F2' && setDraft(inputOf(column, value))}
        className={`flex h-full w-full items-center overflow-hidden px-3 -outline-offset-2! ${column.kind === 'number' ? 'justify-end tabular-nums' : ''}`}
      >
        <span className="sr-only">{`Edit ${column.title} of ${name}: `}</span>
        <span className="truncate">
          <Value column={column} value={value} />
        </span>
      </button>
    )

  async function commit(): Promise<void> {
    if (draft === null || draft === inputOf(column, value)) return setDraft(null)
    const parsed = parseInput(column, draft)
    if (!parsed.ok) return setProblem(parsed.message)
    try {
      await save({ [column.name]: parsed.value ?? null })
      setDraft(null)
      setProblem(null)
      toast.undo(
        `${column.title} of ${name} is changed.`,
        () => void save({ [column.name]: value ?? null }).catch((error: AppError) => toast.error(error)),
      )
    } catch (error) {
      setProblem((error as AppError).message)
    }
  }

  return (
    <form
      className="flex h-full items-center px-1"
      onSubmit={event => {
        event.preventDefault()
        void commit()
      }}
      onBlur={event => {
        if (!event.currentTarget.contains(event.relatedTarget)) void commit()
      }}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setDraft(null)
        setProblem(null)
      }}
    >
      <Tooltip text={problem ?? 'Enter saves, Escape leaves it as it was'}>
        <span className="w-full">
          <ValueInput
            autoFocus
            aria-label={`${column.title} of ${name}`}
            column={column}
            value={draft}
            bad={problem !== null}
            onChange={setDraft}
          />
        </span>
      </Tooltip>
      {problem && (
        <span role="alert" className="sr-only">
          {problem}
        </span>
      )}
    </form>
  )
}
