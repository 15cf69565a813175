import { Check, Clock, Minus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RunState } from '../../core/run.ts'
import { Chip, type Tone } from '../ui/chip.tsx'
import { cx } from '../ui/cx.ts'
import { Spinner } from '../ui/progress.tsx'

const states: Record<RunState, { word: string; tone: Tone; icon: ReactNode; ink: string; pin: string }> = {
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

export const runWord = (state: RunState): string => states[state].word

export const RunChip = ({ state }: { state: RunState }) => (
  <Chip tone={states[state].tone} icon={states[state].icon}>
    {states[state].word}
  </Chip>
)

/** The state as an icon alone; its word is its name. */
export const RunIcon = ({ state, className }: { state: RunState; className?: string }) => (
  <span
    role="img"
    aria-label={states[state].word}
    title={states[state].word}
    className={cx('grid size-4 flex-none place-items-center [&_svg]:size-3.5 [&_svg]:stroke-2', states[state].ink, className)}
  >
    {states[state].icon}
  </span>
)

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
