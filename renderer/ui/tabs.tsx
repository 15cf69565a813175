import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

const group = 'inline-flex flex-none rounded-2 bg-[light-dark(#ececf0,#222229)] p-0.5'
const part =
  'inline-flex h-6 items-center gap-1.5 rounded-1 px-2.5 text-13 font-medium whitespace-nowrap text-ink-2 hover:text-ink aria-[current]:bg-[light-dark(#fff,#3a3a44)] aria-[current]:text-ink aria-[current]:shadow-[0_1px_2px_rgb(0_0_0/.08)] data-[state=on]:bg-[light-dark(#fff,#3a3a44)] data-[state=on]:text-ink data-[state=on]:shadow-[0_1px_2px_rgb(0_0_0/.08)]'

/** Tabs that are places: each has an address. Drawn in the head of a panel. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  label: string
  tabs: { id: string; title: string; href: string; count?: number }[]
  current: string
}) {
  return (
    <nav aria-label={label} className={cx(group, 'ml-3')}>
      {tabs.map(({ id, title, href, count }) => (
        <a key={id} href={href} aria-current={id === current ? 'page' : undefined} className={part}>
          {title}
          {count !== undefined && <span className="font-normal text-ink-2 tabular-nums">{count}</span>}
        </a>
      ))}
    </nav>
  )
}

/** One of a few, chosen in place: a view, a theme. */
export function Segmented<Value extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string
  value: Value
  onChange: (value: Value) => void
  options: { value: Value; title: ReactNode; icon?: ReactNode }[]
}) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={next => next && onChange(next as Value)}
      className={group}
    >
      {options.map(option => (
        <ToggleGroup.Item key={option.value} value={option.value} className={part}>
          {option.icon}
          {option.title}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
