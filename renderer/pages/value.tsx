import { ArrowUp, Check, Minus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Json } from '../../core/json.ts'
import { titleOf } from '../data/fields.ts'
import { Chip, Dot, type Tone } from '../ui/chip.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { usePages } from './api.ts'
import { recordTitle, type PageColumn } from './columns.ts'
import { useRecord } from './records.ts'

/** “In progress” of in_progress. What has letters of its own is kept as it is. */
export const choiceWords = (choice: string): string => (/^[a-z0-9_ -]+$/.test(choice) ? titleOf(choice) : choice)

const over = /^(done|closed?|solved|resolved|complete[d]?|paid|approved|shipped|delivered|won|accepted|published|active|confirmed|yes)$/i
const wrong = /^(rejected|failed|cancell?ed|overdue|lost|blocked|no[- ]?show)$/i
const pressing = /^(high|urgent|critical)$/i
const going = /^(open|new|in[ _-]?progress|started|doing|assigned)$/i

/** One of a few choices: what is over, what goes on and what presses look different, and each has its word. */
export function ChoiceChip({ children }: { children: string }) {
  const [tone, icon] = lookOf(children)
  return (
    <Chip tone={tone} icon={icon} className="align-middle">
      {choiceWords(children)}
    </Chip>
  )
}

function lookOf(choice: string): [Tone, ReactNode] {
  if (over.test(choice)) return ['ok', <Check key="icon" />]
  if (wrong.test(choice)) return ['bad', <X key="icon" />]
  if (pressing.test(choice)) return ['warn', <ArrowUp key="icon" />]
  return going.test(choice) ? ['accent', <Dot key="icon" tone="accent" />] : ['neutral', <Dot key="icon" tone="off" />]
}

const none = <span className="text-ink-3">–</span>

/** A value in a cell or in a record, in the shape of its column. `whole`: all of it, as the detail view shows it. */
export function Value({ column, value, whole = false }: { column: PageColumn; value: Json | undefined; whole?: boolean }) {
  if (value === undefined || value === null || value === '') return none
  if (column.reference && typeof value === 'string') return <Reference entity={column.reference} id={value} />
  if (Array.isArray(value) && value.every(item => typeof item === 'string' || typeof item === 'number'))
    return value.length === 0 ? none : <span>{value.join(', ')}</span>
  if (typeof value === 'object') return <code className="text-ink-2 wrap-anywhere">{JSON.stringify(value)}</code>
  switch (column.kind) {
    case 'choice':
      return <ChoiceChip>{String(value)}</ChoiceChip>
    case 'boolean':
      return value === true ? (
        <Check role="img" aria-label="Yes" className="text-ok-text" />
      ) : (
        <Minus role="img" aria-label="No" className="text-ink-3" />
      )
    case 'number':
      return <span className="tabular-nums">{typeof value === 'number' ? value.toLocaleString() : String(value)}</span>
    case 'date':
      return <time dateTime={String(value)}>{dayWords(String(value))}</time>
    case 'datetime':
      return Number.isNaN(Date.parse(String(value))) ? String(value) : <RelativeTime at={String(value)} className="text-ink-2" />
    default:
      return whole ? <Words format={column.format}>{String(value)}</Words> : String(value)
  }
}

/** A day without a time is the same day everywhere. */
function dayWords(day: string): string {
  const at = new Date(`${day.slice(0, 10)}T12:00:00Z`)
  if (Number.isNaN(at.getTime())) return day
  return at.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
}

const link = 'rounded-1 text-accent-text underline underline-offset-2 wrap-anywhere'

function Words({ format, children }: { format: string | undefined; children: string }) {
  if (format === 'email')
    return (
      <a href={`mailto:${children}`} className={link}>
        {children}
      </a>
    )
  if (/^https?:\/\/\S+$/.test(children))
    return (
      <a href={children} target="_blank" rel="noopener noreferrer" className={link}>
        {children}
      </a>
    )
  return <span className="whitespace-pre-wrap wrap-anywhere">{children}</span>
}

/** The name of the record that an id stands for. */
function Reference({ entity: name, id }: { entity: string; id: string }) {
  const entity = usePages().entities.find(each => each.name === name)
  const { data, error } = useRecord(name, id)
  if (data && entity) return <>{recordTitle(entity, data)}</>
  return <span className="text-ink-3">{error ? (error.code === 'not_found' ? 'Gone' : 'Not shown') : '…'}</span>
}
