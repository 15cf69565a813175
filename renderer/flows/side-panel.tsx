import { FileJson2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../ui/button.tsx'

/** What stands beside the canvas about the chosen box. Over the canvas where there is no room beside it. */
export function SidePanel({
  label,
  tile,
  title,
  kind,
  isOver,
  onClose,
  onEdit,
  children,
}: {
  label: string
  tile: ReactNode
  title: string
  kind: string
  isOver: boolean
  onClose: () => void
  onEdit: () => void
  children: ReactNode
}) {
  return (
    <aside
      aria-label={label}
      onKeyDown={event => {
        if (event.key === 'Escape') onClose()
      }}
      className={
        isOver
          ? 'absolute inset-y-0 right-0 z-10 flex w-80 max-w-full flex-col bg-surface shadow-float'
          : 'flex w-80 flex-none flex-col border-l border-line bg-surface @min-[900px]:w-90'
      }
    >
      <div className="flex flex-none items-center gap-3 border-b border-line py-3 pr-2 pl-4">
        {tile}
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-14 font-semibold" title={title}>
            {title}
          </h2>
          <p className="truncate text-12 text-ink-3">{kind}</p>
        </div>
        <IconButton label="Close" onClick={onClose}>
          <X />
        </IconButton>
      </div>
      <div tabIndex={0} role="region" aria-label={title} className="min-h-0 flex-1 space-y-5 overflow-auto p-4 -outline-offset-2!">
        {children}
      </div>
      <div className="flex flex-none border-t border-line px-4 py-3">
        <Button wide icon={<FileJson2 />} onClick={onEdit}>
          Edit in JSON
        </Button>
      </div>
    </aside>
  )
}

/** A name in bold, and what it is below. */
export const Fact = ({ label, end, children }: { label: string; end?: ReactNode; children: ReactNode }) => (
  <section aria-label={label}>
    <div className="mb-1 flex min-h-5 items-center gap-2">
      <h3 className="min-w-0 flex-1 truncate text-13 font-medium">{label}</h3>
      {end}
    </div>
    {children}
  </section>
)
