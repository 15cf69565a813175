import { Check, Clock, KeyRound, Minus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Run, RunState } from '../../core/run.ts'
import { Chip, type Tone } from '../ui/chip.tsx'
import { cx } from '../ui/cx.ts'
import { Spinner } from '../ui/progress.tsx'
import { needsPermission } from './waiting-words.ts'

type Look = { word: string; tone: Tone; icon: ReactNode; ink: string; pin: string }

const states: Record<RunState, Look> = {
  queued: { word: 'Queued', tone: 'neutral', icon: <Clock />, ink: 'text-ink-3', pin: 'bg-sunken text-ink-3' },
  running: {
    word: 'Running',
    tone: 'accent',
    icon: <Spinner className="size-3 border-[1.5px]" />,
    ink: 'text-accent-text',
    pin: 'bg-accent-soft text-accent-text',
  },
  waiting: { word: 'Waiting', tone: 'warn', icon: <Clock />, ink: 'text-warn-text', pin: 'bg-warn-soft text-warn-text' },
  succeeded: { word: 'Succeeded', tone: 'ok', icon: <Check />, ink: 'text-ok-text', pin: 'bg-ok-soft text-ok-text' },
  failed: { word: 'Failed', tone: 'bad', icon: <X />, ink: 'text-bad-text', pin: 'bg-bad-soft text-bad-text' },
  cancelled: { word: 'Cancelled', tone: 'neutral', icon: <Minus />, ink: 'text-ink-3', pin: 'bg-sunken text-ink-3' },
}

const permission: Look = { ...states.waiting, word: 'Waiting for permission', icon: <KeyRound /> }

/** A run tells more than a step of it: what it waits for. */
type Shown = { state: RunState; waiting?: Run['waiting'] }
const lookOf = ({ state, waiting = null }: Shown): Look => (needsPermission(waiting) ? permission : states[state])

export const RunChip = (shown: Shown) => {
  const { tone, icon, word } = lookOf(shown)
  return (
    <Chip tone={tone} icon={icon}>
      {word}
    </Chip>
  )
}

/** The state as an icon alone; its word is its name. */
export const RunIcon = ({ className, ...shown }: Shown & { className?: string }) => {
  const { word, ink, icon } = lookOf(shown)
  return (
    <span
      role="img"
      aria-label={word}
      title={word}
      className={cx('grid size-4 flex-none place-items-center [&_svg]:size-3.5 [&_svg]:stroke-2', ink, className)}
    >
      {icon}
    </span>
  )
}

/** The state as a round pin on a timeline. */
export const RunPin = ({ state }: { state: RunState }) => (
  <span
    role="img"
    aria-label={states[state].word}
    className={cx('grid size-6 flex-none place-items-center rounded-full [&_svg]:size-3 [&_svg]:stroke-[2.5]', states[state].pin)}
  >
    {states[state].icon}
  </span>
)
