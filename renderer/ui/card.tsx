import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'

/** `press` for cards that are one link or button. */
export const cardClass = (options: { press?: boolean; className?: string } = {}): string =>
  cx(
    'rounded-2 border bg-raised',
    options.press ? 'border-line-2 transition-colors duration-120 hover:border-control' : 'border-line',
    options.className,
  )

export const Card = ({ className, ...rest }: ComponentProps<'div'>) => <div {...rest} className={cardClass({ className })} />

/** A part of a card under a line, with an optional caption. */
export function CardSection({ title, className, children }: { title?: string; className?: string; children: ReactNode }) {
  return (
    <div className={cx('border-t border-line p-3', className)}>
      {title && <p className="mb-2 text-12 font-medium text-ink-3">{title}</p>}
      {children}
    </div>
  )
}

/** A heading inside a panel: 13/600 with a count or a remark in grey. */
export function SectionTitle({ note, end, children }: { note?: ReactNode; end?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-5 items-center gap-2 text-13">
      <h2 className="font-semibold">{children}</h2>
      {note !== undefined && <span className="text-ink-3">{note}</span>}
      {end && <span className="ml-auto flex items-center gap-2">{end}</span>}
    </div>
  )
}

const noteTones = {
  neutral: 'bg-sunken border-line',
  warn: 'bg-warn-soft border-warn-line text-warn-text',
  bad: 'bg-bad-soft border-bad-line text-bad-text',
  ok: 'bg-ok-soft border-ok-line text-ok-text',
  trial: 'bg-trial-soft border-dashed border-trial-line text-trial-text',
}

/** A boxed sentence with an icon, and the action that goes with it. */
export function Note({
  tone = 'neutral',
  icon,
  action,
  className,
  children,
}: {
  tone?: keyof typeof noteTones
  icon?: ReactNode
  action?: ReactNode
  className?: string
  children: ReactNode
}) {
  return (
    <div className={cx('flex items-center gap-2 rounded-2 border px-3 py-2 text-13', noteTones[tone], className)}>
      {icon}
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  )
}
