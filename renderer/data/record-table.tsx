import { useVirtualizer } from '@tanstack/react-virtual'
import { PanelRightOpen } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { JsonObject } from '../../core/json.ts'
import { IconButton } from '../ui/button.tsx'
import { Checkbox } from '../ui/choice.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Cell } from './cell.tsx'
import { widthOf } from './column-width.ts'
import type { Column } from './fields.ts'
import { nameOf } from './record-form.tsx'
import { SortHead } from './sort-head.tsx'

const rowHeight = 36
const choiceWidth = 40
const createdWidth = 120
const openWidth = 44

type Props = {
  label: string
  columns: Column[]
  records: JsonObject[]
  sort: string
  onSort: (sort: string) => void
  chosen: ReadonlySet<string>
  onChoose: (ids: ReadonlySet<string>) => void
  onOpen: (record: JsonObject) => void
  save: (id: string, data: JsonObject) => Promise<unknown>
  /** The end is in sight. */
  onEnd: () => void
}

/** Records as a grid. Only the rows in sight are drawn. */
export function RecordTable({ label, columns, records, sort, onSort, chosen, onChoose, onOpen, save, onEnd }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: records.length, getScrollElement: () => place.current, estimateSize: () => rowHeight, overscan: 12 })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= records.length - 20) onEnd()
  }, [last, records.length, onEnd])

  const widths = columns.map(widthOf)
  // Head and rows are grids of their own: the same columns in the same width keep them in line.
  const minWidth = widths.reduce((sum, { px }) => sum + px, choiceWidth + createdWidth + openWidth)
  const template = {
    gridTemplateColumns: `${choiceWidth}px ${widths.map(({ px, share }) => `minmax(${px}px, ${share}fr)`).join(' ')} ${createdWidth}px ${openWidth}px`,
  }
  const areAll = records.length > 0 && records.every(record => chosen.has(String(record['id'])))
  return (
    <div ref={place} role="table" aria-label={label} aria-rowcount={records.length + 1} className="min-h-0 flex-1 overflow-auto">
      <div
        role="row"
        aria-rowindex={1}
        style={{ ...template, minWidth }}
        className="sticky top-0 z-2 grid border-b border-line bg-sunken text-12 font-medium text-ink-3"
      >
        <div role="columnheader" className="grid place-items-center">
          <Checkbox
            hidden
            label="Choose all"
            checked={areAll}
            onChange={on => onChoose(new Set(on ? records.map(({ id }) => String(id)) : []))}
          />
        </div>
        {columns.map(column => (
          <SortHead
            key={column.name}
            name={column.name}
            title={column.title}
            isNumber={column.kind === 'number'}
            sort={sort}
            onSort={onSort}
          />
        ))}
        <SortHead name="created_date" title="Created" sort={sort} onSort={onSort} />
        <div role="columnheader" aria-label="Open" />
      </div>
      <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize(), minWidth }}>
        {items.map(({ index, start }) => {
          const record = records[index]
          if (!record) return null
          const id = String(record['id'])
          const name = nameOf(columns, record)
          return (
            <div
              key={id}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={chosen.has(id)}
              style={{ ...template, transform: `translateY(${start}px)` }}
              className="group absolute inset-x-0 top-0 grid h-9 border-b border-line text-13 hover:bg-hover aria-selected:bg-accent-soft"
            >
              <div role="cell" className="grid place-items-center">
                <Checkbox
                  hidden
                  label={`Choose ${name}`}
                  checked={chosen.has(id)}
                  onChange={on => onChoose(on ? new Set([...chosen, id]) : new Set([...chosen].filter(other => other !== id)))}
                />
              </div>
              {columns.map(column => (
                <div key={column.name} role="cell" className="min-w-0 border-l border-line">
                  <Cell column={column} record={record} name={name} save={data => save(id, data)} />
                </div>
              ))}
              <div role="cell" className="flex items-center border-l border-line px-3 text-ink-2">
                <RelativeTime at={String(record['created_date'])} />
              </div>
              <div role="cell" className="grid place-items-center">
                <IconButton label={`Open ${name}`} size="sm" onClick={() => onOpen(record)}>
                  <PanelRightOpen />
                </IconButton>
              </div>
            </div>
          )
        })}
      </div>
    </div>
  )
}
