import { Input, Textarea } from '../ui/input.tsx'
import { Select } from '../ui/choice.tsx'
import type { Column } from './fields.ts'

export type ValueInputProps = {
  column: Column
  value: string
  onChange: (value: string) => void
  id?: string
  'aria-label'?: string
  'aria-describedby'?: string
  bad?: boolean
  autoFocus?: boolean
  /** In a form a long text gets several lines. */
  roomy?: boolean
  /** How a choice is called. */
  wordsOf?: (choice: string) => string
}

/** The control that suits a column. Its value is text; `parseInput` makes a value of it. */
export function ValueInput({ column, value, onChange, roomy, bad, wordsOf = choice => choice, ...rest }: ValueInputProps) {
  const change = (event: { target: { value: string } }) => onChange(event.target.value)
  if (column.kind === 'choice' || column.kind === 'boolean')
    return (
      <Select {...rest} aria-invalid={bad || undefined} value={value} onChange={change}>
        <option value="">–</option>
        {column.kind === 'choice' ? (
          column.choices.map(choice => (
            <option key={choice} value={choice}>
              {wordsOf(choice)}
            </option>
          ))
        ) : (
          <>
            <option value="true">Yes</option>
            <option value="false">No</option>
          </>
        )}
      </Select>
    )
  if (roomy && (column.kind === 'long' || column.kind === 'json'))
    return (
      <Textarea
        {...rest}
        rows={4}
        bad={bad}
        value={value}
        onChange={change}
        className={column.kind === 'json' ? 'font-mono text-12' : undefined}
      />
    )
  const type = { date: 'date', datetime: 'datetime-local' }[column.kind as string] ?? (column.format === 'email' ? 'email' : 'text')
  return (
    <Input {...rest} type={type} inputMode={column.kind === 'number' ? 'decimal' : undefined} bad={bad} value={value} onChange={change} />
  )
}
