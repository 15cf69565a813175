import { Check, CircleX, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { SectionTitle } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { actionOf } from '../ui/error-action.ts'
import { RelativeTime } from '../ui/relative-time.tsx'
import { useRollBack, type Preview } from './publish-data.ts'

const checkIcons = {
  ok: <Check className="i-14 mt-0.5 text-ok-text" />,
  warning: <TriangleAlert className="i-14 mt-0.5 text-warn-text" />,
  error: <CircleX className="i-14 mt-0.5 text-bad-text" />,
}

/** What speaks for and against publishing, with what to do about it. */
export function Checks({ checks }: { checks: Preview['checks'] }) {
  return (
    <section>
      <SectionTitle>Checks</SectionTitle>
      <ul className="mt-3 space-y-2">
        {checks.map(({ state, text, detail, action }) => {
          const act = actionOf(action)
          return (
            <li key={`${text} ${detail}`} className="flex gap-2 text-13">
              {checkIcons[state]}
              <div className="min-w-0 flex-1">
                <p className={state === 'ok' ? '' : 'font-medium wrap-anywhere'}>{text}</p>
                {detail && <p className="text-12 text-ink-3 wrap-anywhere">{detail}</p>}
                {act && (
                  <Button size="sm" className="mt-2" onClick={act.run}>
                    {act.label}
                  </Button>
                )}
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** What was live, newest first, and the way back to it. */
export function Versions({ appId, preview: { versions, live }, busy }: { appId: string; preview: Preview; busy: boolean }) {
  const [chosen, setChosen] = useState<number | null>(null)
  const rollBack = useRollBack(appId)
  if (versions.length === 0) return null
  return (
    <section>
      <SectionTitle>Versions</SectionTitle>
      <ul className="mt-1">
        {versions.map(({ number, title, by, at }) => (
          <li key={number} className="flex min-h-14 items-center gap-3 border-b border-line">
            <Chip tone={number === live?.number ? 'ok' : 'line'}>v{number}</Chip>
            <span className="min-w-0 flex-1">
              <span className="block truncate text-13 font-medium">{title}</span>
              <span className="block truncate text-12 text-ink-3">
                {by}, <RelativeTime at={at} inline />
              </span>
            </span>
            {number === live?.number ? (
              <span className="text-12 text-ink-3">Live</span>
            ) : (
              <Button
                kind="ghost"
                size="sm"
                disabled={busy}
                aria-label={`Roll back to version ${number}`}
                onClick={() => setChosen(number)}
              >
                Roll back
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={chosen !== null}
        onClose={() => setChosen(null)}
        title={`Roll back to version ${chosen}?`}
        text="Everyone uses it from then on. Records stay as they are, and so do the files on this computer."
        confirm="Roll back"
        onConfirm={() => {
          if (chosen !== null) rollBack.mutate({ number: chosen, base: live?.number ?? null })
          setChosen(null)
        }}
      />
    </section>
  )
}
