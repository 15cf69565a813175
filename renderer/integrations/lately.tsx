import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react'
import { useLately } from '../app-data.ts'
import { SectionTitle } from '../ui/card.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'

const shown = 8

const marks = {
  ok: <CircleCheck className="i-14 mt-0.5 flex-none text-ok-text" />,
  warn: <TriangleAlert className="i-14 mt-0.5 flex-none text-warn-text" />,
  bad: <TriangleAlert className="i-14 mt-0.5 flex-none text-bad-text" />,
  off: <CircleMinus className="i-14 mt-0.5 flex-none text-ink-3" />,
}

/** What happened to the app's accounts, newest first. Nothing until something has. */
export function Lately({ appId }: { appId: string }) {
  const { data: events = [] } = useLately(appId)
  if (events.length === 0) return null
  return (
    <section>
      <SectionTitle>Lately</SectionTitle>
      <ul aria-label="Lately" className="mt-1">
        {events.slice(0, shown).map(({ id, at, tone, text }) => (
          <li key={id} className="flex gap-2 py-1.5 text-13 text-ink-2">
            {marks[tone]}
            <span className="min-w-0 flex-1">{text}</span>
            <RelativeTime at={at} className="mt-px flex-none text-12 text-ink-3" />
          </li>
        ))}
      </ul>
    </section>
  )
}
