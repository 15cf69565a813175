import { Clock, KeyRound } from 'lucide-react'
import type { Run } from '../../core/run.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { actionOf } from '../ui/error-action.ts'
import { RelativeTime, useNow } from '../ui/relative-time.tsx'
import { goesOnWords, needsPermission } from './waiting-words.ts'

/** Why a run waits, since when, and what gets it going again: a person's one button, or a time. */
export function WaitingNote({ run: { waiting, error }, className }: { run: Pick<Run, 'waiting' | 'error'>; className?: string }) {
  const now = useNow()
  if (!waiting) return null
  const isForPerson = needsPermission(waiting)
  const goesOn = goesOnWords(waiting, new Date(now))
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
      <p className="text-12">
        {goesOn && `${goesOn} · `}
        Waiting since <RelativeTime at={waiting.since} inline />
      </p>
    </Note>
  )
}

/** The button of a run in a list that waits for a person, with how long it has. */
export function WaitingRow({ run: { waiting, error } }: { run: Pick<Run, 'waiting' | 'error'> }) {
  const action = actionOf(error?.action)
  if (!waiting || !needsPermission(waiting)) return null
  return (
    <div className="flex items-center gap-2 pr-4 pb-2 pl-11 text-12 text-warn-text">
      <span className="min-w-0 flex-1 truncate">
        Waiting since <RelativeTime at={waiting.since} inline />
      </span>
      {action && (
        <Button size="sm" className="text-ink" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  )
}
