import { Plus, Sparkles, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ChatMessage } from '../../core/chat.ts'
import { useChat } from '../app-data.ts'
import { client } from '../client.ts'
import { useFrame } from '../frame/frame-state.ts'
import { useAct } from '../query.ts'
import { IconButton } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel } from '../ui/panel.tsx'
import { Spinner } from '../ui/progress.tsx'
import { Bone, Skeleton } from '../ui/skeleton.tsx'
import { ChatResizer } from './chat-resizer.tsx'
import { sendPrompt, useChatWork } from './chat-work.ts'
import { Composer } from './composer.tsx'
import { Message } from './message.tsx'
import { newestProposal } from './messages.ts'

/** The conversation of an app. */
export function ChatPane({ appId }: { appId: string }) {
  const chat = useChat(appId)
  const messages = chat.data ?? []
  const setChat = useFrame(state => state.setChat)
  const [asking, setAsking] = useState(false)
  const clear = useAct(() => client.chat.clear({ appId }), { done: () => setAsking(false), quiet: true })
  return (
    <aside aria-label="Chat" className="relative flex min-h-0 w-(--chat-width) pl-2">
      <ChatResizer />
      <Panel as="section" className="flex-1">
        <div className="flex h-12 flex-none items-center gap-2 border-b border-line pr-2 pl-4">
          <h2 className="flex-1 text-13 font-semibold">Chat</h2>
          {messages.length > 0 && (
            <IconButton label="New chat" onClick={() => setAsking(true)}>
              <Plus />
            </IconButton>
          )}
          <IconButton label="Close chat" keys="mod+j" onClick={() => setChat(appId, false)}>
            <X />
          </IconButton>
        </div>
        {chat.error ? (
          <div className="min-h-0 flex-1">
            <ErrorScreen error={chat.error} />
          </div>
        ) : chat.isPending ? (
          <ChatSkeleton />
        ) : messages.length === 0 ? (
          <EmptyChat appId={appId} />
        ) : (
          <Log appId={appId} messages={messages} />
        )}
        <Composer
          appId={appId}
          placeholder={newestProposal(messages) ? 'Change the plan, or describe something else…' : 'Describe a change…'}
        />
      </Panel>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Start a new chat?"
        text="The messages of this chat are removed. What it has made stays in the app."
        keep="Keep this chat"
        confirm="Start a new chat"
        busy={clear.isPending}
        error={clear.error}
        onConfirm={() => clear.mutate()}
      />
    </aside>
  )
}

/** Turned upside down, so that the newest message stays in sight while what is above it grows. */
function Log({ appId, messages }: { appId: string; messages: ChatMessage[] }) {
  const log = useRef<HTMLDivElement>(null)
  const isAnswering = useChatWork(state => appId in state.answering)
  const last = messages.at(-1)
  useEffect(() => {
    if (log.current) log.current.scrollTop = 0
  }, [messages.length, last, isAnswering])
  return (
    <div
      ref={log}
      role="log"
      aria-label="Messages"
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto -outline-offset-2!"
    >
      <div className="flex flex-col gap-4 p-4">
        {messages.map(message => (
          <Message key={message.id} appId={appId} message={message} messages={messages} />
        ))}
        {isAnswering && (
          <p role="status" className="flex items-center gap-2 text-13 text-ink-2">
            <Spinner className="text-accent-text" /> Planning…
          </p>
        )}
      </div>
    </div>
  )
}

const examples = [
  'Post a message to the Slack #support channel when a new ticket is created.',
  'Send me a daily email with my to-do list using Gmail.',
  'Sync new records from this app into a Google Sheets spreadsheet.',
]

function EmptyChat({ appId }: { appId: string }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col justify-end gap-2 overflow-auto p-4">
      <span className="grid size-10 place-items-center rounded-3 border border-line bg-sunken text-ink-3">
        <Sparkles />
      </span>
      <h3 className="mt-1 text-14 font-semibold">What should this app do?</h3>
      <p className="mb-2 text-13 text-pretty text-ink-2">
        Say it in a sentence. You see a plan first: nothing is created before you agree.
      </p>
      {examples.map(example => (
        <button
          key={example}
          type="button"
          onClick={() => void sendPrompt(appId, example)}
          className="w-full rounded-2 border border-line-2 bg-raised px-3 py-2.5 text-left text-13 transition-colors duration-120 hover:border-accent-line hover:bg-accent-soft"
        >
          {example}
        </button>
      ))}
    </div>
  )
}

const ChatSkeleton = () => (
  <div className="flex min-h-0 flex-1 flex-col justify-end">
    <Skeleton className="space-y-4 p-4">
      <Bone className="ml-auto h-12 w-3/5 rounded-3" />
      <Bone className="h-40 w-full rounded-2" />
    </Skeleton>
  </div>
)
