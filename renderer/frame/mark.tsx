import { cx } from '../ui/cx.ts'

/** Plugboard's sign: two ends and the cord between them. */
export function Mark({ size = 20 }: { size?: 20 | 48 }) {
  return (
    <span
      aria-hidden
      className={cx(
        'inline-grid flex-none place-items-center bg-accent text-white',
        size === 20 ? 'size-5 rounded-[6px]' : 'size-12 rounded-[13px]',
      )}
    >
      <svg
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth={size === 20 ? 2.4 : 2}
        className={size === 20 ? 'size-3.5' : 'size-6.5'}
      >
        <circle cx="6" cy="7" r="2.6" />
        <circle cx="18" cy="17" r="2.6" />
        <path d="M8.6 7H13a3 3 0 0 1 3 3v1a3 3 0 0 1-3 3h-2a3 3 0 0 0-3 3h7.4" />
      </svg>
    </span>
  )
}
