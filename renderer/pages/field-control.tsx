import { ValueInput, type ValueInputProps } from '../data/value-input.tsx'
import { usePages } from './api.ts'
import type { PageColumn } from './columns.ts'
import { ReferenceInput } from './reference-input.tsx'
import { choiceWords } from './value.tsx'

/** The control of a field: a record of another entity is found by its name. */
export function FieldControl({ column, ...rest }: Omit<ValueInputProps, 'column'> & { column: ValueInputProps['column'] | PageColumn }) {
  const { entities } = usePages()
  const name = 'reference' in column ? column.reference : null
  const entity = entities.find(each => each.name === name)
  return entity ? <ReferenceInput {...rest} entity={entity} /> : <ValueInput {...rest} column={column} wordsOf={choiceWords} />
}
