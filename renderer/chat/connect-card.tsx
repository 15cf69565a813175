import { Check, Info } from 'lucide-react'
import type { ChatMessage } from '../../core/chat.ts'
import { useConnections, useConnector } from '../app-data.ts'
import { client } from '../client.ts'
import { attemptKey, useAttempts } from '../integrations/attempts.ts'
import { ConnectButtons } from '../integrations/connect-buttons.tsx'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { cardClass, CardSection } from '../ui/card.tsx'
import { StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { findPlan, type MessageOf } from './messages.ts'

/** “Action required”: what a plan needs of a tool, and the three ways on: a real account, a practice account, or none. */
export function ConnectCard({ appId, message, messages }: { appId: string; message: MessageOf<'connect'>; messages: ChatMessage[] }) {
  const { name, icon, facts } = useConnector(message.connector)
  const rows = useConnections(appId).data ?? []
  const skip = useAct(() => client.chat.skip({ appId, messageId: message.id }))
  const isUnderWay = useAttempts(
    ({ attempts }) => (attempts[attemptKey({ appId, connector: message.connector })]?.progress.phase ?? 'failed') !== 'failed',
  )
  const plan = findPlan(messages, message.planId)?.plan
  if (message.state !== 'required') {
    const row = rows.find(({ id }) => id === message.connectionId)
    return (
      <article aria-label={`Connect ${name}`} className={cardClass({ className: 'flex flex-none items-center gap-2.5 p-3' })}>
        <ConnectorIcon icon={icon} name={name} size={24} />
        <span className="min-w-0 flex-1 truncate text-13">
          <b className="font-semibold">{name}</b>{' '}
          <span className="text-ink-3">{message.state === 'skipped' ? 'Skipped' : row?.account?.label}</span>
        </span>
        {message.state === 'connected' && <StateChip state={row?.state ?? 'connected'} practice={row?.practice} />}
      </article>
    )
  }
  return (
    <>
      <article aria-label={`Connect ${name}`} className={cardClass({ className: 'flex-none border-warn-line!' })}>
        <div className="flex items-center gap-3 px-4 pt-4 pb-3">
          <ConnectorIcon icon={icon} name={name} />
          <div className="min-w-0 flex-1">
            <p className="text-12 font-medium text-warn-text">Action required</p>
            <h3 className="truncate text-14 font-semibold">Connect {name} to finish</h3>
          </div>
        </div>
        <CardSection title="Required permissions" className="px-4!">
          <ul className="space-y-2">
            {message.permissions.map(({ scope, text }) => (
              <li key={scope} className="flex items-start gap-2">
                <Check className="i-14 mt-[3px] text-ok-text" />
                <div className="min-w-0 flex-1">
                  <p className="text-13">{text}</p>
                  <p className="text-12 text-ink-3">
                    {plan && `For “${plan.title}” · `}
                    <code>{scope}</code>
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </CardSection>
        <CardSection className="px-4! pb-4!">
          <ConnectButtons appId={appId} connector={message.connector} mode={message.mode} scopes={message.scopes} layout="column" />
          <div className="mt-3 flex items-center gap-2">
            <p className="min-w-0 flex-1 text-12 text-ink-3">You sign in at the tool, in your browser. Functions never see the token.</p>
            {!isUnderWay && (
              <Button size="sm" kind="ghost" busy={skip.isPending} onClick={() => skip.mutate()}>
                Skip
              </Button>
            )}
          </div>
        </CardSection>
      </article>
      {facts?.afterConnect && (
        <p className="-mt-1 flex flex-none gap-1.5 text-12 text-ink-3">
          <Info className="i-14 mt-px" /> After that: {facts.afterConnect}
        </p>
      )}
    </>
  )
}
