import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight } from 'lucide-react'
import { useEffect, useRef, type MouseEvent } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import type { JsonObject } from '../../core/json.ts'
import { widthOf } from '../data/column-width.ts'
import { SortHead } from '../data/sort-head.tsx'
import { cx } from '../ui/cx.ts'
import { useNarrow } from '../ui/use-narrow.ts'
import { usePages } from './api.ts'
import { canSortBy, headlineOf, recordTitle, type PageColumn } from './columns.ts'
import { SortChoice } from './sort-choice.tsx'
import { Value } from './value.tsx'

const rowHeight = 44
const cardHeight = 64
const narrowPx = 560
const openWidth = 40

type Props = {
  label: string
  page: string
  entity: Entity
  columns: readonly PageColumn[]
  records: readonly JsonObject[]
  total: number
  /** A field, or `-field`. */
  sort: string
  onSort: (sort: string) => void
  /** A row leads to its record. */
  opens: boolean
  /** What is shown is the answer to an earlier question. */
  isOld: boolean
  /** The end is in sight. */
  onEnd: () => void
}

/** Records as a table, or as cards where there is no room for one. Only those in sight are drawn. */
export function RecordList(props: Props) {
  const { label, entity, columns, records, total, sort, onSort, opens, isOld, onEnd } = props
  const place = useRef<HTMLDivElement>(null)
  const isNarrow = useNarrow(place, narrowPx)
  const height = isNarrow ? cardHeight : rowHeight
  const rows = useVirtualizer({ count: records.length, getScrollElement: () => place.current, estimateSize: () => height, overscan: 10 })
  useEffect(() => rows.measure(), [rows, height])
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= records.length - 20) onEnd()
  }, [last, records.length, onEnd])

  const headline = headlineOf(columns) ?? columns[0]
  const widths = columns.map(widthOf)
  const minWidth = isNarrow ? undefined : widths.reduce((sum, { px }) => sum + px, opens ? openWidth : 0)
  const template = [...widths.map(({ px, share }) => `minmax(${px}px, ${share}fr)`), ...(opens ? [`${openWidth}px`] : [])].join(' ')
  const grid = isNarrow ? {} : { gridTemplateColumns: template, minWidth }
  return (
    <>
      {isNarrow && <SortChoice columns={columns} sort={sort} onSort={onSort} />}
      <div
        ref={place}
        role="table"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-busy={isOld || undefined}
        className={cx('min-h-0 flex-1 overflow-auto transition-opacity duration-120', isOld && 'opacity-60')}
      >
        <div
          role="row"
          aria-rowindex={1}
          style={grid}
          className={cx(isNarrow ? 'sr-only' : 'sticky top-0 z-2 grid border-b border-line bg-sunken text-12 font-medium text-ink-3')}
        >
          {columns.map(column => (
            <SortHead
              key={column.name}
              name={column.name}
              title={column.title}
              isNumber={column.kind === 'number'}
              sort={sort}
              onSort={!isNarrow && canSortBy(column) ? onSort : null}
              plain
            />
          ))}
          {opens && (
            <div role="columnheader">
              <span className="sr-only">Open</span>
            </div>
          )}
        </div>
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize(), minWidth }}>
          {items.map(({ index, start }) => {
            const record = records[index]
            if (!record || !headline) return null
            const row = { page: props.page, entity, columns, headline, record, opens }
            return (
              <div
                key={String(record['id'])}
                role="row"
                aria-rowindex={index + 2}
                style={{ ...grid, height, transform: `translateY(${start}px)` }}
                onClick={opens ? openRow : undefined}
                className={cx('absolute inset-x-0 top-0 border-b border-line text-13', opens && 'hover:bg-hover', !isNarrow && 'grid')}
              >
                {isNarrow ? <CardRow {...row} /> : <TableRow {...row} />}
              </div>
            )
          })}
        </div>
      </div>
    </>
  )
}

/** A press anywhere on a row is one on its link, unless text is being chosen or another link was meant. */
function openRow({ target, currentTarget }: MouseEvent<HTMLElement>): void {
  if (target instanceof Element && target.closest('a, button')) return
  if (getSelection()?.isCollapsed !== false) currentTarget.querySelector('a')?.click()
}

type RowProps = Pick<Props, 'page' | 'entity' | 'columns' | 'opens'> & { headline: PageColumn; record: JsonObject }

function TableRow({ columns, headline, record, ...rest }: RowProps) {
  return (
    <>
      {columns.map(column => (
        <div
          key={column.name}
          role="cell"
          className={cx('flex min-w-0 items-center px-3 first:pl-5', column.kind === 'number' && 'justify-end')}
        >
          {column === headline ? (
            <Headline {...rest} record={record} className="truncate font-medium" />
          ) : (
            <span className="truncate text-ink-2">
              <Value column={column} value={record[column.name]} />
            </span>
          )}
        </div>
      ))}
      {rest.opens && (
        <div role="cell" aria-hidden className="grid place-items-center text-ink-3">
          <ChevronRight className="i-14" />
        </div>
      )}
    </>
  )
}

/** Two lines: what the record is called, and what is known of it. */
function CardRow({ columns, headline, record, ...rest }: RowProps) {
  const isKnown = ({ name }: PageColumn) => record[name] !== undefined && record[name] !== null && record[name] !== ''
  const known = columns.filter(column => column !== headline && isKnown(column))
  const time = known.find(({ kind }) => kind === 'datetime')
  // What can be told apart at a glance comes first; texts share what room is left.
  const facts = [...known.filter(isChip), ...known.filter(column => !isChip(column) && column !== time)].slice(0, 3)
  return (
    <div role="cell" aria-colspan={columns.length} className="flex h-full items-center gap-3 px-4">
      <div className="min-w-0 flex-1">
        <Headline {...rest} record={record} className="block truncate text-14 font-medium" />
        <p className="mt-0.5 flex h-5 items-center gap-2 overflow-hidden text-12 whitespace-nowrap text-ink-3">
          {facts.map(column => (
            <span key={column.name} className={isChip(column) ? 'flex-none' : 'min-w-0 truncate'}>
              <Value column={column} value={record[column.name]} />
            </span>
          ))}
          {time && (
            <span className="ml-auto flex-none">
              <Value column={time} value={record[time.name]} />
            </span>
          )}
        </p>
      </div>
      {rest.opens && <ChevronRight className="i-14 text-ink-3" />}
    </div>
  )
}

const isChip = ({ kind }: PageColumn): boolean => kind === 'choice'

function Headline({
  page,
  entity,
  record,
  opens,
  className,
}: Pick<RowProps, 'page' | 'entity' | 'record' | 'opens'> & { className: string }) {
  const { hrefOf } = usePages()
  const title = recordTitle(entity, record)
  if (!opens) return <span className={className}>{title}</span>
  return (
    <a href={hrefOf({ page, entity: entity.name, record: String(record['id']) })} className={cx('rounded-1', className)}>
      {title}
    </a>
  )
}
