import { Check, FlaskConical, Lock, Minus, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ConnectionState } from '../../core/connection.ts'
import { cx } from './cx.ts'
import { Spinner } from './progress.tsx'
import { stateWord } from './state-words.ts'

export type Tone = 'neutral' | 'line' | 'ok' | 'warn' | 'bad' | 'accent' | 'trial'

const tones: Record<Tone, string> = {
  neutral: 'text-ink-2 bg-[light-dark(#efeff3,#25252c)]',
  line: 'text-ink-2 inset-ring inset-ring-line-2',
  ok: 'text-ok-text bg-ok-soft',
  warn: 'text-warn-text bg-warn-soft',
  bad: 'text-bad-text bg-bad-soft',
  accent: 'text-accent-text bg-accent-soft',
  trial: 'text-trial-text bg-trial-soft outline-1 -outline-offset-1 outline-dashed outline-trial-line',
}

export function Chip({
  tone = 'neutral',
  icon,
  className,
  children,
}: {
  tone?: Tone
  icon?: ReactNode
  className?: string
  children: ReactNode
}) {
  return (
    <span
      className={cx(
        'inline-flex h-5 flex-none items-center gap-1 rounded-1 px-1.5 text-12 font-medium whitespace-nowrap [&_svg]:size-3 [&_svg]:stroke-[2.25]',
        tones[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  )
}

const states: Record<ConnectionState, { tone: Tone; icon: ReactNode }> = {
  connected: { tone: 'ok', icon: <Check /> },
  retrying: { tone: 'warn', icon: <Spinner className="size-2.5 border-[1.5px]" /> },
  needs_reconnect: { tone: 'bad', icon: <TriangleAlert /> },
  disconnected: { tone: 'neutral', icon: <Minus /> },
  locked: { tone: 'warn', icon: <Lock /> },
}

/** The state of a connection as shape, word and colour. A practice account in good order says that it is one. */
export function StateChip({ state, practice }: { state: ConnectionState; practice?: boolean }) {
  if (practice && state === 'connected') return <PracticeChip />
  const { tone, icon } = states[state]
  return (
    <Chip tone={tone} icon={icon}>
      {stateWord(state)}
    </Chip>
  )
}

export const PracticeChip = ({ children = 'Practice' }: { children?: ReactNode }) => (
  <Chip tone="trial" icon={<FlaskConical />}>
    {children}
  </Chip>
)

const dots: Record<'ok' | 'warn' | 'bad' | 'off' | 'accent', string> = {
  ok: 'bg-ok',
  warn: 'bg-warn',
  bad: 'bg-bad',
  accent: 'bg-accent',
  off: 'inset-ring-[1.5px] inset-ring-ink-3',
}

/** A 6 px dot. `label` gives it a name where no word stands beside it. */
export const Dot = ({ tone, label }: { tone: keyof typeof dots; label?: string }) => (
  <span
    role={label ? 'img' : undefined}
    aria-label={label}
    aria-hidden={!label || undefined}
    title={label}
    className={cx('inline-block size-1.5 flex-none rounded-full', dots[tone])}
  />
)
