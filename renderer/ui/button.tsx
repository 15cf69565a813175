import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Spinner } from './progress.tsx'
import { Tooltip } from './tooltip.tsx'

export type ButtonKind = 'primary' | 'secondary' | 'ghost' | 'danger'
export type ButtonSize = 'sm' | 'md' | 'lg'

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-accent text-on-accent inset-shadow-[0_1px_0_rgb(255_255_255/.16)] hover:bg-accent-hover [&_svg]:text-current',
  secondary: 'bg-raised inset-ring inset-ring-line-2 hover:bg-hover active:bg-pressed [&_svg]:text-ink-2',
  ghost: 'text-ink-2 hover:bg-pressed hover:text-ink [&_svg]:text-current',
  danger: 'bg-bad-soft text-bad-text inset-ring inset-ring-bad-line hover:brightness-97 [&_svg]:text-current',
}
const sizes: Record<ButtonSize, string> = {
  sm: 'h-6 px-2 text-12 [&_svg]:size-3.5 [&_svg]:stroke-2',
  md: 'h-7 px-2.5 text-13',
  lg: 'h-9 px-3.5 text-14',
}
const base =
  'inline-flex flex-none items-center justify-center gap-1.5 rounded-2 font-medium whitespace-nowrap transition-colors duration-120 select-none aria-pressed:bg-pressed aria-pressed:text-ink'

/** The look of a button, for links that are drawn as one. */
export const buttonClass = (kind: ButtonKind = 'secondary', size: ButtonSize = 'md', more?: string): string =>
  cx(base, kinds[kind], sizes[size], more)

type ButtonProps = ComponentProps<'button'> & { kind?: ButtonKind; size?: ButtonSize; icon?: ReactNode; busy?: boolean; wide?: boolean }

/** `busy` keeps its place and says that it works. One `primary` a screen. */
export function Button({ kind, size, icon, busy, wide, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={buttonClass(kind, size, cx(wide && 'w-full', className))}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'aria-label'> & {
  label: string
  kind?: ButtonKind
  size?: 'sm' | 'md'
  keys?: string
  side?: 'top' | 'bottom' | 'left' | 'right'
}

/** A button that shows an icon alone; `label` is its name and its tooltip. */
export function IconButton({ label, kind = 'ghost', size = 'md', keys, side, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cx(base, kinds[kind], size === 'sm' ? 'size-6 [&_svg]:size-3.5 [&_svg]:stroke-2' : 'size-7', className)}
      >
        {children}
      </button>
    </Tooltip>
  )
}
