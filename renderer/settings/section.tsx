import { useEffect, useRef, type ReactNode } from 'react'
import { Card } from '../ui/card.tsx'

/** A group of settings. Going to its address (`chosen` is its `id`) shows it and moves the focus there. */
export function Section({
  id,
  title,
  note,
  chosen,
  children,
}: {
  id: string
  title: string
  note?: string
  chosen?: string
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (chosen !== id) return
    heading.current?.scrollIntoView({ block: 'start' })
    heading.current?.focus({ preventScroll: true })
  }, [chosen, id])
  return (
    <section aria-labelledby={`settings-${id}`}>
      <h2 ref={heading} id={`settings-${id}`} tabIndex={-1} className="scroll-mt-6 rounded-1 text-13 font-semibold outline-none">
        {title}
      </h2>
      {note && <p className="mt-0.5 text-13 text-pretty text-ink-2">{note}</p>}
      <Card className="mt-2">{children}</Card>
    </section>
  )
}

/** One setting: what it is on the left, its control on the right. */
export const SettingRow = ({ title, note, children }: { title: ReactNode; note?: ReactNode; children?: ReactNode }) => (
  <div className="flex min-h-13 items-center gap-4 border-b border-line px-4 py-2.5 last:border-0">
    <div className="min-w-0 flex-1">
      <p className="text-13 font-medium">{title}</p>
      {note && <p className="text-12 break-words text-ink-3">{note}</p>}
    </div>
    {children}
  </div>
)
