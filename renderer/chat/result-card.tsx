import { CircleCheck, Clock, Play, Undo2, Zap } from 'lucide-react'
import type { ChatMessage } from '../../core/chat.ts'
import { useFlows } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { go, hrefOf } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { cardClass } from '../ui/card.tsx'
import { toast } from '../ui/toast.tsx'
import { findPlan, nextWords, type MessageOf } from './messages.ts'
import { itemIcons } from './plan-items.tsx'

/** What was made, with a way to each part, a first run, and the way back. */
export function ResultCard({ appId, message, messages }: { appId: string; message: MessageOf<'result'>; messages: ChatMessage[] }) {
  const plan = findPlan(messages, message.planId)
  const flow = useFlows(appId).data?.find(({ name }) => name === message.flow)
  const run = useAct((name: string) => client.host.flows.runNow({ appId, name }), {
    done: ({ runId }) => go({ app: appId, screen: 'runs', path: [runId] }),
  })
  const undo = useAct(() => client.chat.undo({ appId, messageId: message.id }), {
    done: () => toast.say(`Undone: ${plan?.plan.title ?? message.title}`),
  })
  const words = flow?.trigger.words ?? plan?.triggerWords
  const next = nextWords(flow?.trigger.nextTimes ?? plan?.nextTimes ?? [])
  const { flow: flowName } = message
  if (message.state === 'undone')
    return (
      <article
        aria-label="Result"
        className={cardClass({ className: 'flex flex-none items-center gap-2 border-dashed border-line-2 p-3 text-13 text-ink-2' })}
      >
        <Undo2 className="text-ink-3" />
        <span className="min-w-0 flex-1">
          Undone: <s>{message.title}</s>
        </span>
      </article>
    )
  return (
    <article aria-label="Result" className={cardClass({ className: 'flex-none' })}>
      <div className="flex items-center gap-2 p-3">
        <CircleCheck className="text-ok-text" />
        <h3 className="min-w-0 flex-1 text-13 font-semibold">{message.title}</h3>
        {flowName && (
          <Button size="sm" icon={<Play />} busy={run.isPending} onClick={() => run.mutate(flowName)}>
            Run now
          </Button>
        )}
        {message.changeId && (
          <Button size="sm" kind="ghost" busy={undo.isPending} onClick={() => undo.mutate()}>
            Undo
          </Button>
        )}
      </div>
      <ul className="flex flex-wrap gap-1.5 border-t border-line p-3">
        {message.created.map(item => (
          <li key={item.kind + item.name}>
            <a
              href={hrefOf({ app: appId, ...placeOf(item) })}
              className="inline-flex h-6 max-w-80 items-center gap-1.5 rounded-1 px-2 text-12 font-medium text-ink-2 inset-ring inset-ring-line-2 hover:bg-hover hover:text-ink [&_svg]:size-3 [&_svg]:stroke-[2.25]"
            >
              {itemIcons[item.kind]}
              <span className="truncate">{item.title}</span>
            </a>
          </li>
        ))}
      </ul>
      {words && (
        <p className="flex items-center gap-1.5 border-t border-line p-3 text-12 text-ink-2">
          {next ? <Clock className="i-14" /> : <Zap className="i-14" />}
          <span className="truncate">{[words, next].filter(Boolean).join(' · ')}</span>
        </p>
      )}
    </article>
  )
}

function placeOf({ kind, name }: MessageOf<'result'>['created'][number]): Parameters<typeof hrefOf>[0] {
  switch (kind) {
    case 'entity':
      return { screen: 'data', path: [name] }
    case 'function':
      return { screen: 'functions', path: [name] }
    case 'flow':
      return { screen: 'flows', path: [name] }
    case 'connector':
      return { screen: 'integrations', path: ['browse', name] }
    // What a page has become is read there, before others see it.
    case 'page':
      return { screen: 'publish', path: [] }
  }
}
