import { cx } from './cx.ts'

/** A small turning ring in the colour of the text around it. */
export const Spinner = ({ className }: { className?: string }) => (
  <span aria-hidden className={cx('inline-block size-3 flex-none spin', className)} />
)

/** Says that something works, with a word. Stands still under prefers-reduced-motion. */
export function ProgressRing({ label = 'Working' }: { label?: string }) {
  return (
    <span role="status" aria-label={label} className="inline-flex">
      <Spinner className="size-4 text-accent-text" />
    </span>
  )
}

/** Done of total; without a total it only says that it goes on. */
export function ProgressBar({ label, value, max }: { label: string; value: number; max: number }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={max}
      className="h-1 overflow-hidden rounded-full bg-pressed"
    >
      <div className="h-full rounded-full bg-accent" style={{ width: `${max > 0 ? (100 * value) / max : 0}%` }} />
    </div>
  )
}
