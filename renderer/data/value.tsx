import { Check, Minus } from 'lucide-react'
import type { Json } from '../../core/json.ts'
import { Chip } from '../ui/chip.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import type { Column } from './fields.ts'

/** A value in a cell, in the shape of its column. */
export function Value({ column, value }: { column: Column; value: Json | undefined }) {
  if (value === undefined || value === null || value === '') return <span className="text-ink-3">–</span>
  if (column.kind === 'choice' && typeof value === 'string') return <Chip>{value}</Chip>
  if (column.kind === 'boolean')
    return value === true ? <Check aria-label="Yes" className="text-ok-text" /> : <Minus aria-label="No" className="text-ink-3" />
  if (column.kind === 'datetime' && typeof value === 'string' && !Number.isNaN(Date.parse(value)))
    return <RelativeTime at={value} className="text-ink-2" />
  if (typeof value === 'object') return <code className="text-ink-2">{JSON.stringify(value)}</code>
  return <>{String(value)}</>
}
