import { ArrowUp, Square } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { cx } from '../ui/cx.ts'
import { Tooltip } from '../ui/tooltip.tsx'
import { sendPrompt, stopAnswer, useChatWork } from './chat-work.ts'

const longest = 4000

/** The box a prompt is typed into; also on Home. Enter sends, Shift-Enter breaks the line. */
export function PromptBox({
  label,
  value,
  onChange,
  onSend,
  placeholder,
  autoFocus,
  tall,
  children,
}: {
  label: string
  value: string
  onChange: (text: string) => void
  onSend: () => void
  placeholder: string
  autoFocus?: boolean
  tall?: boolean
  children: ReactNode
}) {
  function press(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.metaKey || event.ctrlKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    onSend()
  }
  return (
    <div className="flex-none rounded-3 bg-surface field-border">
      <textarea
        aria-label={label}
        value={value}
        onChange={event => onChange(event.target.value)}
        onKeyDown={press}
        placeholder={placeholder}
        maxLength={longest}
        // The one thing to do on this screen.
        autoFocus={autoFocus}
        rows={1}
        className={cx(
          'block max-h-48 w-full resize-none bg-transparent px-3 pt-2.5 text-14 outline-none field-sizing-content',
          tall ? 'min-h-14' : 'min-h-10',
        )}
      />
      <div className="flex items-center gap-1 p-2 pt-1">{children}</div>
    </div>
  )
}

export function Composer({ appId, placeholder }: { appId: string; placeholder: string }) {
  const draft = useChatWork(state => state.drafts[appId] ?? '')
  const setDraft = useChatWork(state => state.setDraft)
  const isAnswering = useChatWork(state => appId in state.answering)
  const text = draft.trim()
  function send(): void {
    if (!text || isAnswering) return
    setDraft(appId, '')
    void sendPrompt(appId, text)
  }
  return (
    <div className="px-3 pb-3">
      <PromptBox label="Message" value={draft} onChange={next => setDraft(appId, next)} onSend={send} placeholder={placeholder}>
        <Tooltip text="Understands requests about your tools, on this computer. Nothing is sent anywhere." side="top">
          <span tabIndex={0} className="rounded-1 px-1 text-12 font-medium text-ink-2">
            Offline planner
          </span>
        </Tooltip>
        <span className="flex-1" />
        {isAnswering ? (
          <button
            type="button"
            aria-label="Stop"
            onClick={() => stopAnswer(appId)}
            className="grid size-7 place-items-center rounded-2 bg-ink text-surface"
          >
            <Square className="i-14" />
          </button>
        ) : (
          <button
            type="button"
            aria-label="Send"
            onClick={send}
            aria-disabled={!text}
            className={cx(
              'grid size-7 place-items-center rounded-2',
              text ? 'bg-accent text-on-accent hover:bg-accent-hover' : 'bg-pressed text-ink-3',
            )}
          >
            <ArrowUp />
          </button>
        )}
      </PromptBox>
    </div>
  )
}
