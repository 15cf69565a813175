import { ArrowUpDown } from 'lucide-react'
import { Select } from '../ui/choice.tsx'
import { canSortBy, type PageColumn } from './columns.ts'

type Props = {
  columns: readonly PageColumn[]
  /** A field, or `-field`. */
  sort: string
  onSort: (sort: string) => void
}

const directions: Partial<Record<PageColumn['kind'], [up: string, down: string]>> = {
  number: ['lowest first', 'highest first'],
  boolean: ['no first', 'yes first'],
  date: ['earliest first', 'latest first'],
  datetime: ['oldest first', 'newest first'],
}

/** In what order the records stand, where there is no room for heads of columns. */
export function SortChoice({ columns, sort, onSort }: Props) {
  const choices = columns.filter(canSortBy).flatMap(({ name, title, kind }) => {
    const [up, down] = directions[kind] ?? ['A to Z', 'Z to A']
    return [
      { value: name, words: `${title}, ${up}` },
      { value: `-${name}`, words: `${title}, ${down}` },
    ]
  })
  const isOther = !choices.some(({ value }) => value === sort)
  return (
    <div className="flex flex-none items-center gap-2 border-b border-line px-4 py-1 text-ink-3">
      <ArrowUpDown className="i-14" />
      <Select
        aria-label="Sort by"
        value={isOther ? '' : sort}
        onChange={({ target }) => onSort(target.value)}
        className="border-transparent! bg-transparent! text-ink-2"
      >
        {isOther && <option value="">In the order of the app</option>}
        {choices.map(({ value, words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </Select>
    </div>
  )
}
