import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { ChatMessage } from '../../core/chat.ts'
import { isErrorCode } from '../../core/errors.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Textarea } from '../ui/input.tsx'
import { sendPrompt } from './chat-work.ts'
import { ConnectCard } from './connect-card.tsx'
import type { MessageOf } from './messages.ts'
import { PlanCard } from './plan-card.tsx'
import { ResultCard } from './result-card.tsx'

/** One message, drawn by its kind. */
export function Message({ appId, message, messages }: { appId: string; message: ChatMessage; messages: ChatMessage[] }) {
  switch (message.kind) {
    case 'user':
      return <Asked appId={appId} message={message} />
    case 'text':
      return <Reply appId={appId} message={message} />
    case 'plan':
      return <PlanCard key={message.state} appId={appId} message={message} messages={messages} />
    case 'connect':
      return <ConnectCard appId={appId} message={message} messages={messages} />
    case 'result':
      return <ResultCard appId={appId} message={message} messages={messages} />
    case 'error':
      return <Failed appId={appId} message={message} messages={messages} />
  }
}

function Asked({ appId, message }: { appId: string; message: MessageOf<'user'> }) {
  const [text, setText] = useState<string | null>(null)
  if (text === null)
    return (
      <div className="group flex flex-none items-start justify-end gap-1">
        <IconButton
          label="Edit and send again"
          size="sm"
          className="mt-1.5 opacity-0 group-hover:opacity-100 group-focus-within:opacity-100"
          onClick={() => setText(message.text)}
        >
          <Pencil />
        </IconButton>
        <p className="max-w-78 rounded-[10px_10px_3px_10px] bg-bubble px-3 py-2 break-words whitespace-pre-wrap text-pretty">
          {message.text}
        </p>
      </div>
    )
  const send = (): void => {
    if (!text.trim()) return
    setText(null)
    void sendPrompt(appId, text.trim(), message.id)
  }
  return (
    <div className="flex-none space-y-2">
      <Textarea
        aria-label="Edited message"
        autoFocus
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') setText(null)
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            send()
          }
        }}
        className="max-h-48 resize-none field-sizing-content"
      />
      <div className="flex items-center justify-end gap-2">
        <span className="flex-1 text-12 text-ink-3">What follows is dropped.</span>
        <Button size="sm" kind="ghost" onClick={() => setText(null)}>
          Cancel
        </Button>
        <Button size="sm" onClick={send} disabled={!text.trim()}>
          Send again
        </Button>
      </div>
    </div>
  )
}

function Reply({ appId, message }: { appId: string; message: MessageOf<'text'> }) {
  return (
    <div className="flex-none space-y-2">
      <p className="break-words whitespace-pre-wrap text-pretty">{message.text}</p>
      {message.suggestions.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {message.suggestions.map(suggestion => (
            <Button
              key={suggestion}
              size="sm"
              className="h-auto! min-h-6 max-w-full py-1 text-left whitespace-normal"
              onClick={() => void sendPrompt(appId, suggestion)}
            >
              {suggestion}
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}

function Failed({ appId, message, messages }: { appId: string; message: MessageOf<'error'>; messages: ChatMessage[] }) {
  const before = messages.slice(0, messages.indexOf(message)).findLast((earlier): earlier is MessageOf<'user'> => earlier.kind === 'user')
  const { code, message: text } = message.error
  return (
    <ErrorNote
      className="flex-none"
      error={{ code: isErrorCode(code) ? code : 'internal', message: text, action: { kind: 'retry' }, details: undefined }}
      onRetry={before && (() => void sendPrompt(appId, before.text, before.id))}
    />
  )
}
