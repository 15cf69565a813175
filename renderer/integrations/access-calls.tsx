import { Check, X } from 'lucide-react'
import { useState } from 'react'
import { useConnector, useTitleOf, type ConnectionRow } from '../app-data.ts'
import { SectionTitle } from '../ui/card.tsx'
import { Checkbox } from '../ui/choice.tsx'
import { durationWords, RelativeTime } from '../ui/relative-time.tsx'
import type { Access } from './access-permissions.tsx'

type Call = Access['calls'][number]

/** The last calls through an account, newest first: what was done, by whom, how long it took; if wished only those that failed. */
export function Calls({ row, calls }: { row: ConnectionRow; calls: Call[] }) {
  const [failedOnly, setFailedOnly] = useState(false)
  const failed = calls.filter(({ status }) => status === 'error')
  const shown = failedOnly ? failed : calls
  return (
    <section>
      <SectionTitle
        note={calls.length > 0 ? calls.length : undefined}
        end={
          (failed.length > 0 || failedOnly) && (
            <Checkbox label={`Failed only (${failed.length})`} checked={failedOnly} onChange={setFailedOnly} />
          )
        }
      >
        Last calls
      </SectionTitle>
      {shown.length === 0 && <p className="mt-1 text-13 text-ink-2">{failedOnly ? 'None of the last calls failed.' : 'None yet.'}</p>}
      <ul aria-label="Last calls" className="mt-1">
        {shown.map(call => (
          <CallLine key={call.id} row={row} call={call} />
        ))}
      </ul>
    </section>
  )
}

function CallLine({ row, call }: { row: ConnectionRow; call: Call }) {
  const titleOf = useTitleOf(row.appId)
  const { facts } = useConnector(row.connector)
  const by = call.by.kind === 'user' ? 'you' : titleOf(call.by)
  return (
    <li className="flex h-8 items-center gap-2 text-13">
      {call.status === 'ok' ? (
        <Check className="i-14 text-ok-text" aria-label="Done" />
      ) : (
        <X className="i-14 text-bad-text" aria-label="Failed" />
      )}
      <span className="min-w-0 truncate">
        {facts?.actions.find(({ id }) => id === call.action)?.title ?? call.action} <span className="text-ink-3">· {by}</span>
      </span>
      {call.errorCode && <code className="flex-none text-[11px] text-bad-text">{call.errorCode}</code>}
      <span className="flex-1" />
      <span className="w-14 text-right text-12 text-ink-3 tabular-nums">{durationWords(call.durationMs)}</span>
      <RelativeTime at={call.at} className="w-18 text-right text-12 text-ink-3" />
    </li>
  )
}
