import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** Where work happens: a white sheet on the grey window. `as` main for the screen, aside for what stands beside it. */
export function Panel({
  as: Element = 'main',
  label,
  className,
  children,
}: {
  as?: 'main' | 'aside' | 'section'
  label?: string
  className?: string
  children: ReactNode
}) {
  return (
    <Element
      aria-label={label}
      className={cx('relative flex min-h-0 min-w-0 flex-col overflow-hidden rounded-3 border border-line bg-surface', className)}
    >
      {children}
    </Element>
  )
}

/** The 48 px head of a panel: where you are on the left (crumbs are links up), tabs beside it, actions on the right. */
export function PanelHead({
  title,
  crumbs = [],
  beside,
  actions,
}: {
  title: ReactNode
  crumbs?: { label: string; href: string }[]
  beside?: ReactNode
  actions?: ReactNode
}) {
  return (
    <div className="flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
      {crumbs.map(({ label, href }) => (
        <span key={href} className="flex flex-none items-center gap-2 text-13 text-ink-3">
          <a href={href} className="rounded-1 hover:text-ink">
            {label}
          </a>
          <span aria-hidden>/</span>
        </span>
      ))}
      <h1 className="truncate text-13 font-semibold">{title}</h1>
      {beside}
      <span className="min-w-2 flex-1" />
      {actions}
    </div>
  )
}

/** The scrolling rest of a panel. It can be focused, so that the keyboard scrolls it. */
export function PanelBody({ className, children, label }: { className?: string; children: ReactNode; label?: string }) {
  return (
    <div
      role="region"
      aria-label={label ?? 'Content'}
      tabIndex={0}
      className={cx('min-h-0 flex-1 overflow-auto -outline-offset-2!', className ?? 'p-5')}
    >
      {children}
    </div>
  )
}
