import { Check, TriangleAlert, X } from 'lucide-react'
import { useEffect } from 'react'
import { create } from 'zustand'
import type { AppError } from '../../core/errors.ts'
import { Button, IconButton } from './button.tsx'
import { actionOf } from './error-action.ts'

type Toast = { id: number; text: string; tone: 'ok' | 'bad'; action?: { label: string; run: () => void } }

const shownMs = { ok: 5000, bad: 12_000 }
const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }))
let lastId = 0

function show(toast: Omit<Toast, 'id'>): void {
  const id = ++lastId
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(-3) }))
}

const dismiss = (id: number): void => useToasts.setState(({ toasts }) => ({ toasts: toasts.filter(toast => toast.id !== id) }))

/** Says what has happened, for a few seconds; longer while the pointer is on it. */
export const toast = {
  say: (text: string): void => show({ text, tone: 'ok' }),
  /** For what can be taken back. */
  undo: (text: string, undo: () => void): void => show({ text, tone: 'ok', action: { label: 'Undo', run: undo } }),
  /** For what goes on elsewhere, with the way there. */
  offer: (text: string, action: { label: string; run: () => void }): void => show({ text, tone: 'ok', action }),
  error: (error: AppError): void => show({ text: error.message, tone: 'bad', action: actionOf(error.action) }),
}

export function Toasts() {
  const toasts = useToasts(state => state.toasts)
  return (
    <div
      role="region"
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed bottom-12 left-1/2 z-50 flex -translate-x-1/2 flex-col items-center gap-2"
    >
      {toasts.map(toast => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastCard({ toast: { id, text, tone, action } }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), shownMs[tone])
    return () => clearTimeout(timer)
  }, [id, tone])
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className="pointer-events-auto flex min-h-11 max-w-130 items-center gap-2 rounded-3 bg-raised py-2 pr-2 pl-3 text-13 shadow-float opens"
    >
      {tone === 'bad' ? <TriangleAlert className="text-bad-text" /> : <Check className="text-ok-text" />}
      <span className="min-w-0">{text}</span>
      {action && (
        <Button
          size="sm"
          className="ml-2"
          onClick={() => {
            dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label="Close notification" size="sm" onClick={() => dismiss(id)}>
        <X />
      </IconButton>
    </div>
  )
}
