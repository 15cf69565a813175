import { ArrowDown, ArrowUp } from 'lucide-react'
import { cx } from '../ui/cx.ts'

type Props = {
  name: string
  title: string
  isNumber?: boolean
  /** A field, or `-field`. */
  sort: string
  /** Null: it is no order that records can stand in. */
  onSort: ((sort: string) => void) | null
  /** Without lines between the columns. */
  plain?: boolean
}

/** The head of a column that sorts by it: upwards first, then downwards. */
export function SortHead({ name, title, isNumber, sort, onSort, plain }: Props) {
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  const place = cx('flex h-8 w-full items-center gap-1 px-3', isNumber && 'justify-end', plain && '[:first-child>&]:pl-5')
  return (
    <div role="columnheader" aria-sort={direction} className={cx('min-w-0', !plain && 'border-l border-line')}>
      {onSort ? (
        <button
          type="button"
          onClick={() => onSort(direction === 'ascending' ? `-${name}` : name)}
          className={cx(place, 'hover:text-ink -outline-offset-2!')}
        >
          <span className="truncate">{title}</span>
          {direction === 'ascending' && <ArrowUp className="i-12" />}
          {direction === 'descending' && <ArrowDown className="i-12" />}
        </button>
      ) : (
        <span className={place}>
          <span className="truncate">{title}</span>
        </span>
      )}
    </div>
  )
}
