import type { ComponentProps } from 'react'
import { cx } from './cx.ts'

/** Rows of 40 under a head of 32. Cells pad 12, the outer ones 20. Numbers: `<Td num>`. */
export const Table = ({ className, ...rest }: ComponentProps<'table'>) => (
  <table {...rest} className={cx('w-full border-separate border-spacing-0 text-13 [&_tbody_tr:hover_td]:bg-hover', className)} />
)

export const Th = ({ num, className, ...rest }: ComponentProps<'th'> & { num?: boolean }) => (
  <th
    scope="col"
    {...rest}
    className={cx(
      'sticky top-0 z-1 h-8 border-b border-line bg-sunken px-3 text-12 font-medium whitespace-nowrap text-ink-3 first:pl-5 last:pr-5',
      num ? 'text-right' : 'text-left',
      className,
    )}
  />
)

export const Td = ({ num, className, ...rest }: ComponentProps<'td'> & { num?: boolean }) => (
  <td
    {...rest}
    className={cx('h-10 border-b border-line px-3 whitespace-nowrap first:pl-5 last:pr-5', num && 'text-right tabular-nums', className)}
  />
)

/** The look of one row in a list: 44 high, lined, chosen in accent. For links, buttons and list items. */
export const rowClass = (className?: string): string =>
  cx(
    'flex min-h-11 w-full items-center gap-3 border-b border-line px-5 text-left text-13 hover:bg-hover aria-[current]:bg-accent-soft aria-selected:bg-accent-soft',
    className,
  )
