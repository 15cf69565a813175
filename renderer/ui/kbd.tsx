import { cx } from './cx.ts'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Keys as this machine writes them: `mod+k` is ⌘K on a Mac and Ctrl K elsewhere. */
export function keysOf(keys: string): string {
  const names: Record<string, string> = isMac
    ? { mod: '⌘', shift: '⇧', enter: '⏎', alt: '⌥' }
    : { mod: 'Ctrl ', shift: 'Shift ', enter: '⏎', alt: 'Alt ' }
  return keys
    .split('+')
    .map(key => names[key] ?? key.toUpperCase())
    .join('')
}

/** A key. `on` a filled button it is tinted. The name of a control never includes it. */
export function Kbd({ children, on }: { children: string; on?: 'accent' }) {
  return (
    <kbd
      aria-hidden
      className={cx(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-1 px-1.25 font-sans text-11 font-medium whitespace-nowrap',
        on === 'accent' ? '-mr-1 bg-black/14 text-white' : 'bg-surface text-ink-3 inset-ring inset-ring-line-2',
      )}
    >
      {keysOf(children)}
    </kbd>
  )
}
