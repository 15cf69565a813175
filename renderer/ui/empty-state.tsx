import type { ReactNode } from 'react'

/** Nothing here yet: what this place is for, in a sentence, and the way on. */
export function EmptyState({ icon, title, text, actions }: { icon: ReactNode; title: string; text?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 p-5 text-center">
      <span className="mb-2 grid size-10 place-items-center rounded-3 border border-line bg-sunken text-ink-3">{icon}</span>
      <h2 className="text-13 font-semibold">{title}</h2>
      {text && <p className="max-w-[34ch] text-13 text-balance text-ink-2">{text}</p>}
      {actions && <div className="mt-3 flex items-center gap-2">{actions}</div>}
    </div>
  )
}
