import { Input, Textarea } from '../ui/input.tsx'
import { Select } from '../ui/choice.tsx'
import type { Column } from './fields.ts'

type Props = {
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
}

/** The control that suits a column. Its value is text; `parseInput` makes a value of it. */
export function ValueInput({ column, value, onChange, roomy, bad, ...rest }: Props) {
  const change = (event: { target: { value: string } }) => onChange(event.target.value)
  if (column.kind === 'choice' || column.kind === 'boolean')
    return (
      <Select {...rest} value={value} onChange={change}>
        <option value="">–</option>
        {column.kind === 'choice' ? (
          column.choices.map(choice => <option key={choice}>{choice}</option>)
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
  const type = { date: 'date', datetime: 'datetime-local' }[column.kind as string] ?? 'text'
  return (
    <Input {...rest} type={type} inputMode={column.kind === 'number' ? 'decimal' : undefined} bad={bad} value={value} onChange={change} />
  )
}
