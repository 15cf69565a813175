import { Check, CircleSlash, Clock, Undo2, Zap } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { ChatMessage } from '../../core/chat.ts'
import type { ConnectionMode } from '../../core/app/connector-file.ts'
import type { Plan } from '../../core/plan.ts'
import { itemsWith } from '../../core/plan-items.ts'
import { useConnections, useConnector } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { cardClass, CardSection } from '../ui/card.tsx'
import { ChoiceCards } from '../ui/choice.tsx'
import { Chip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { stateWord } from '../ui/state-words.ts'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { MadePlan, WaitingPlan } from './plan-folded.tsx'
import { itemIcons, itemWords } from './plan-items.tsx'
import { newestProposal, nextWords, openConnect, type MessageOf } from './messages.ts'

type Props = { appId: string; message: MessageOf<'plan'>; messages: ChatMessage[] }

/** A plan: open while the user decides, folded when it waits for an account, is made, or was set aside. */
export function PlanCard({ appId, message, messages }: Props) {
  const [again, setAgain] = useState(false)
  const waitsFor = openConnect(messages, message.id)
  if (waitsFor) return <WaitingPlan plan={message.plan} connector={waitsFor.connector} />
  if (message.state === 'proposed' || again)
    return <OpenPlan appId={appId} message={message} messages={messages} onFold={() => setAgain(false)} />
  if (message.state === 'applied') return <MadePlan plan={message.plan} />
  return (
    <article
      aria-label={`Plan: ${message.plan.title}`}
      className={cardClass({ className: 'flex flex-none items-center gap-2 border-dashed border-line-2 p-3' })}
    >
      {message.state === 'undone' ? <Undo2 className="text-ink-3" /> : <CircleSlash className="text-ink-3" />}
      <span className="min-w-0 flex-1">
        <span className="block truncate text-13 font-semibold">{message.plan.title}</span>
        <span className="block text-12 text-ink-3">{message.state === 'undone' ? 'Undone' : 'Not added'}</span>
      </span>
      <Button size="sm" onClick={() => setAgain(true)}>
        Run again
      </Button>
    </article>
  )
}

function OpenPlan({ appId, message, messages, onFold }: Props & { onFold: () => void }) {
  const { plan, triggerWords, nextTimes } = message
  const [mode, setMode] = useState<ConnectionMode>(plan.mode === 'app-user' ? 'app-user' : 'shared')
  const [slots, setSlots] = useState(() => Object.fromEntries(plan.slots.map(slot => [slot.id, slot.value])))
  const place = { appId, messageId: message.id }
  const apply = useAct(() => client.chat.apply({ ...place, choices: { mode, slots } }), { quiet: true })
  const dismiss = useAct(() => client.chat.dismiss(place))
  const missing = plan.slots.filter(slot => slot.required && !slots[slot.id]?.trim())
  const canCreate = missing.length === 0 && !apply.isPending
  const isNewest = newestProposal(messages)?.id === message.id
  const create = (): void => {
    if (canCreate) apply.mutate()
  }
  useCreateKey(isNewest, create)
  return (
    <article aria-label={`Plan: ${plan.title}`} className={cardClass({ className: 'flex-none' })}>
      <div className="flex items-center gap-2 p-3">
        <Chip tone="accent">Plan</Chip>
        <h3 className="min-w-0 flex-1 truncate text-14 font-semibold">{plan.title}</h3>
      </div>
      <CardSection>
        <div className="flex items-start gap-2.5">
          <IconTile accent>{plan.trigger.kind === 'schedule' ? <Clock /> : <Zap />}</IconTile>
          <div>
            <p className="text-13 font-medium">{triggerWords}</p>
            <p className="text-12 text-ink-3">{nextTimes.length > 0 ? capital(nextWords(nextTimes)) : triggerNote(plan)}</p>
          </div>
        </div>
      </CardSection>
      <CardSection title="What will be created">
        <ul className="space-y-2">
          {itemsWith(plan.items, mode).map(item => (
            <li key={item.kind + item.name} className="flex items-start gap-2.5">
              <IconTile>{itemIcons[item.kind]}</IconTile>
              <div className="min-w-0 flex-1">
                <p className="flex gap-2 text-13">
                  {itemWords[item.kind]} <span className="min-w-0 flex-1 truncate font-medium">{item.title}</span>
                  {item.exists && <span className="text-12 text-ink-3">There already</span>}
                </p>
                <p className="text-12 text-ink-3">{item.summary}</p>
              </div>
            </li>
          ))}
        </ul>
      </CardSection>
      {plan.tools.length > 0 && (
        <CardSection title="Tools and permissions">
          <ul className="space-y-3">
            {plan.tools.map(tool => (
              <Tool key={tool.connector} appId={appId} tool={tool} mode={mode} />
            ))}
          </ul>
        </CardSection>
      )}
      {plan.slots.length > 0 && (
        <CardSection className="space-y-3">
          {plan.slots.map(slot => (
            <Field key={slot.id} label={slot.label} optional={!slot.required}>
              {ids => (
                <Input
                  {...ids}
                  required={slot.required}
                  placeholder={slot.placeholder}
                  value={slots[slot.id] ?? ''}
                  onChange={event => setSlots({ ...slots, [slot.id]: event.target.value })}
                  onKeyDown={event => event.key === 'Enter' && create()}
                />
              )}
            </Field>
          ))}
        </CardSection>
      )}
      {plan.mode !== null && plan.tools.length > 0 && <WhoseAccount plan={plan} mode={mode} setMode={setMode} />}
      {apply.error && <ErrorNote error={apply.error} onRetry={create} className="m-3 mt-0" />}
      <div className="flex items-center gap-2 border-t border-line p-3">
        <Button
          kind="primary"
          className="flex-1!"
          busy={apply.isPending}
          disabled={!canCreate}
          title={missing[0] && `Fill in “${missing[0].label}” first`}
          onClick={create}
        >
          Create {isNewest && <Kbd on="accent">mod+enter</Kbd>}
        </Button>
        <Button kind="ghost" busy={dismiss.isPending} onClick={() => (message.state === 'proposed' ? dismiss.mutate() : onFold())}>
          Dismiss
        </Button>
      </div>
    </article>
  )
}

/** ⌘⏎ creates the newest plan, wherever in the chat the cursor is. */
function useCreateKey(isActive: boolean, create: () => void): void {
  useEffect(() => {
    if (!isActive) return
    const listen = (event: KeyboardEvent): void => {
      const isElsewhere = event.target instanceof Element && event.target !== document.body && !event.target.closest('aside')
      if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || isElsewhere) return
      event.preventDefault()
      create()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  })
}

function WhoseAccount({ plan, mode, setMode }: { plan: Plan; mode: ConnectionMode; setMode: (mode: ConnectionMode) => void }) {
  const { name } = useConnector(plan.tools[0]?.connector ?? null)
  const question = plan.tools.length === 1 ? `Whose ${name} account?` : 'Whose accounts?'
  return (
    <CardSection title={question}>
      <ChoiceCards
        label={question}
        value={mode}
        onChange={setMode}
        choices={[
          { value: 'shared', title: 'Shared', text: 'One account works for everyone' },
          { value: 'app-user', title: 'App users', text: 'Each person uses their own' },
        ]}
      />
    </CardSection>
  )
}

function Tool({ appId, tool, mode }: { appId: string; tool: Plan['tools'][number]; mode: ConnectionMode }) {
  const { name, icon } = useConnector(tool.connector)
  const rows = (useConnections(appId).data ?? []).filter(row => row.connector === tool.connector && row.mode === mode)
  const row = rows.find(({ isDefault }) => isDefault) ?? rows[0]
  const state = row ? stateWord(row.state).toLowerCase() : 'not connected yet'
  return (
    <li className="flex items-start gap-2.5">
      <ConnectorIcon icon={icon} name={name} size={24} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-13 font-medium">
          {name}{' '}
          <span className="text-12 font-normal text-ink-3">{row?.practice && row.state === 'connected' ? 'practice account' : state}</span>
        </p>
        <ul className="mt-1">
          {tool.permissions.map(({ scope, text }) => (
            <li key={scope} title={scope} className="flex gap-2 text-13">
              <Check className="i-14 mt-[3px] text-ink-3" /> {text}
            </li>
          ))}
        </ul>
      </div>
    </li>
  )
}

const IconTile = ({ accent, children }: { accent?: boolean; children: ReactNode }) => (
  <span
    aria-hidden
    className={cx(
      'grid size-6 flex-none place-items-center rounded-[6px] [&_svg]:size-3.5 [&_svg]:stroke-2',
      accent ? 'bg-[light-dark(#ebe9fc,#28264a)] text-[light-dark(#4a3fc0,#b0abff)]' : 'bg-[light-dark(#ebebf0,#2a2a32)] text-ink-2',
    )}
  >
    {children}
  </span>
)

function triggerNote({ trigger }: Plan): string {
  if (trigger.kind === 'record') return 'Each time, within a second'
  if (trigger.kind === 'manual') return 'When you press Run now'
  return 'Each time it happens'
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
