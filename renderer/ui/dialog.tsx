import { AlertDialog, Dialog as Radix } from 'radix-ui'
import { X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import type { AppError } from '../../core/errors.ts'
import { Button, IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { ErrorNote } from './error-note.tsx'

const scrim = 'fixed inset-0 z-30 bg-scrim'
const centred =
  'fixed top-1/2 left-1/2 z-31 max-h-[calc(100%-48px)] w-110 max-w-[calc(100%-32px)] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-3 bg-raised p-5 shadow-float outline-none'

/** Where the focus goes when a window closes: back to where it was. The windows here are opened by state, so Radix knows no trigger. */
function useFocusReturn() {
  const before = useRef<Element | null>(null)
  return {
    onOpenAutoFocus() {
      before.current = document.activeElement
    },
    onCloseAutoFocus(event: Event) {
      if (!(before.current instanceof HTMLElement) || !before.current.isConnected) return
      event.preventDefault()
      before.current.focus()
    },
  }
}

/** A window in the middle. Closes with Escape and a press beside it. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  className,
}: {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children: ReactNode
  className?: string
}) {
  const focusReturn = useFocusReturn()
  return (
    <Radix.Root open={open} onOpenChange={next => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Radix.Content
          {...focusReturn}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(centred, 'opens', className)}
        >
          <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-13 text-ink-2">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The buttons at the end of a dialog: the safe one first. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <div className="mt-5 flex items-center justify-end gap-2">{children}</div>
)

/** Asks before something that cannot be taken back. Focus starts on the safe choice. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  text,
  children,
  keep = 'Keep',
  confirm,
  onConfirm,
  busy,
  error,
}: {
  open: boolean
  onClose: () => void
  title: string
  text: ReactNode
  children?: ReactNode
  keep?: string
  confirm: string
  onConfirm: () => void
  busy?: boolean
  error?: AppError | null
}) {
  const focusReturn = useFocusReturn()
  return (
    <AlertDialog.Root open={open} onOpenChange={next => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={scrim} />
        <AlertDialog.Content {...focusReturn} className={cx(centred, 'opens')}>
          <AlertDialog.Title className="text-16 font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 text-13 text-ink-2">{text}</AlertDialog.Description>
          {children}
          {error && <ErrorNote error={error} className="mt-3" />}
          <DialogActions>
            <AlertDialog.Cancel asChild>
              <Button>{keep}</Button>
            </AlertDialog.Cancel>
            <Button kind="danger" busy={busy} onClick={onConfirm}>
              {confirm}
            </Button>
          </DialogActions>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

/** A sheet from the right edge, 480 wide. `head` stands beside the close button. */
export function Drawer({
  open,
  onClose,
  title,
  head,
  foot,
  children,
}: {
  open: boolean
  onClose: () => void
  title: string
  head: ReactNode
  foot?: ReactNode
  children: ReactNode
}) {
  const focusReturn = useFocusReturn()
  return (
    <Radix.Root open={open} onOpenChange={next => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Radix.Content
          {...focusReturn}
          aria-describedby={undefined}
          // The sheet itself is focused: its first button would show a tooltip nobody asked for.
          onOpenAutoFocus={event => {
            focusReturn.onOpenAutoFocus()
            event.preventDefault()
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
          }}
          className="fixed top-13 right-4 bottom-9 z-31 flex w-120 max-w-[calc(100%-32px)] flex-col overflow-hidden rounded-3 bg-raised shadow-float outline-none opens max-[640px]:inset-2 max-[640px]:w-auto max-[640px]:max-w-none"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          <div className="flex flex-none items-start gap-3 pt-5 pr-3 pb-4 pl-5">
            <div className="min-w-0 flex-1">{head}</div>
            <Radix.Close asChild>
              <IconButton label="Close">
                <X />
              </IconButton>
            </Radix.Close>
          </div>
          <div
            tabIndex={0}
            role="region"
            aria-label={title}
            className="min-h-0 flex-1 space-y-6 overflow-auto px-5 pb-5 -outline-offset-2!"
          >
            {children}
          </div>
          {foot && <div className="flex flex-none items-center gap-2 border-t border-line px-5 py-3">{foot}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
