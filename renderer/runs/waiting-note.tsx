import { Clock, KeyRound } from 'lucide-react'
import type { Run } from '../../core/run.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { actionOf } from '../ui/error-action.ts'
import { exactTime, useNow } from '../ui/relative-time.tsx'
import { goesOnWords, needsPermission, sinceWords } from './waiting-words.ts'

type Waiting = Pick<Run, 'waiting' | 'error'>

/** Why a run waits, since when, and what gets it going again: a person's one button, or a time. */
export function WaitingNote({ run: { waiting, error }, className }: { run: Waiting; className?: string }) {
  const now = new Date(useNow())
  if (!waiting) return null
  const isForPerson = needsPermission(waiting)
  const goesOn = goesOnWords(waiting, now)
  const action = isForPerson ? actionOf(error?.action) : undefined
  return (
    <Note
      tone={isForPerson ? 'warn' : 'neutral'}
      icon={isForPerson ? <KeyRound className="flex-none" /> : <Clock className="flex-none" />}
      className={className}
      action={
        action && (
          <Button size="sm" className="text-ink" onClick={action.run}>
            {action.label}
          </Button>
        )
      }
    >
      {error && <p className="font-medium text-pretty wrap-anywhere">{error.message}</p>}
      <p className="text-12" title={exactTime(new Date(waiting.since))}>
        {goesOn && `${goesOn} · `}Waiting {sinceWords(waiting, now)}
      </p>
    </Note>
  )
}

/** Under a run in a list that waits for a person: since when, and the button that ends it. */
export function WaitingRow({ run: { waiting, error } }: { run: Waiting }) {
  const now = new Date(useNow())
  const action = actionOf(error?.action)
  if (!waiting || !needsPermission(waiting)) return null
  return (
    <div className="flex items-center gap-2 pr-4 pb-2 pl-11 text-12 text-warn-text">
      <span className="min-w-0 flex-1 truncate first-letter:uppercase">{sinceWords(waiting, now)}</span>
      {action && (
        <Button size="sm" className="text-ink" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  )
}
