import { useEffect, useState } from 'react'
import { cx } from './cx.ts'

export const Bone = ({ className }: { className?: string }) => (
  <span className={cx('block rounded-1 bg-[light-dark(#ebebef,#26262d)]', className ?? 'h-2 w-full')} />
)

/** Rows in the shape of what comes, shown only when it takes over 100 ms. */
export function Skeleton({ rows = 4, className, children }: { rows?: number; className?: string; children?: React.ReactNode }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 100)
    return () => clearTimeout(timer)
  }, [])
  if (!shown) return null
  return (
    <div role="status" aria-busy aria-label="Loading" className={cx('shimmer space-y-4', className ?? 'p-5')}>
      {children ??
        Array.from({ length: rows }, (_, row) => (
          <div key={row} className="flex items-center gap-3">
            <Bone className="size-8 flex-none rounded-2" />
            <span className="flex-1 space-y-2">
              <Bone className={cx('h-2', ['w-3/5', 'w-2/5', 'w-3/4', 'w-1/3'][row % 4])} />
              <Bone className={cx('h-1.5', ['w-2/5', 'w-1/4', 'w-1/2', 'w-1/5'][row % 4])} />
            </span>
            <Bone className="h-5 w-14 flex-none" />
          </div>
        ))}
    </div>
  )
}
