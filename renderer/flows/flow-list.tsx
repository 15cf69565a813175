import { TriangleAlert, Workflow } from 'lucide-react'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { useConnector, type FlowSummary } from '../app-data.ts'
import { useFrame } from '../frame/frame-state.ts'
import { hrefOf } from '../routes.ts'
import { RunIcon } from '../runs/run-state.tsx'
import { Button } from '../ui/button.tsx'
import { Switch } from '../ui/choice.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { actionOf } from '../ui/error-action.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { heldUpBy, toolsOf, useSwitchFlow } from './flow-acts.ts'
import { LackChip } from './lack-chip.tsx'

type Props = { appId: string; model: AppModel; flows: FlowSummary[]; broken: { name: string; problem: Problem }[] }

/** An app's flows: what starts each, how it went last, when it comes next, and whether it is on. */
export function FlowList({ appId, model, flows, broken }: Props) {
  const setChat = useFrame(state => state.setChat)
  if (flows.length + broken.length === 0)
    return (
      <EmptyState
        icon={<Workflow className="i-20" />}
        title="No flows yet"
        text="A flow does something when something happens. Describe both in the chat."
        actions={<Button onClick={() => setChat(appId, true)}>Ask chat</Button>}
      />
    )
  return (
    <ul aria-label="Flows" className="@container min-h-0 flex-1 overflow-auto">
      {flows.map(flow => (
        <FlowRow key={flow.name} appId={appId} model={model} flow={flow} />
      ))}
      {broken.map(({ name, problem }) => (
        <li key={name} className="border-b border-line">
          <a
            href={hrefOf({ app: appId, screen: 'flows', path: [name, `line-${problem.line ?? 1}`] })}
            className="flex min-h-14 items-center gap-3 px-5 py-2 text-13 hover:bg-hover -outline-offset-2!"
          >
            <span className="min-w-0 flex-1">
              <b className="block truncate font-medium">{name}</b>
              <span className="block truncate text-12 text-warn-text">
                {problem.line && `Line ${problem.line}: `}
                {problem.message}
              </span>
            </span>
            <TriangleAlert role="img" aria-label="Needs attention" className="text-warn-text" />
          </a>
        </li>
      ))}
    </ul>
  )
}

function FlowRow({ appId, model, flow }: { appId: string; model: AppModel; flow: FlowSummary }) {
  const { name, title, trigger, lastRun, active } = flow
  const lack = heldUpBy(flow)
  const action = actionOf(lack?.action)
  const setOn = useSwitchFlow(appId, flow)
  const isOn = setOn.isPending ? setOn.variables : active
  const [next] = trigger.nextTimes
  return (
    <li className="flex items-center border-b border-line pr-5 hover:bg-hover">
      <a
        href={hrefOf({ app: appId, screen: 'flows', path: [name] })}
        className="flex min-h-14 min-w-0 flex-1 items-center gap-4 py-2 pr-4 pl-5 text-13 -outline-offset-2!"
      >
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2">
            <b className="truncate font-medium">{title}</b>
            {action && <LackChip flow={flow} />}
          </span>
          {lack ? (
            <span className="flex items-center gap-1 text-12 text-warn-text" title={lack.message}>
              {!action && <TriangleAlert className="i-12" />}
              <span className="line-clamp-2">{lack.message}</span>
            </span>
          ) : (
            <span className="block truncate text-12 text-ink-3">{trigger.words}</span>
          )}
        </span>
        <span className="hidden flex-none gap-1 @min-[640px]:flex">
          {toolsOf(model, name).map(id => (
            <Tool key={id} id={id} />
          ))}
        </span>
        <span className="hidden w-40 flex-none truncate text-right text-12 text-ink-3 @min-[760px]:block">
          {isOn && next && (
            <>
              Next <RelativeTime at={next} inline />
            </>
          )}
        </span>
        <span className="flex w-24 flex-none items-center justify-end gap-1.5 text-12 text-ink-3">
          {lastRun ? (
            <>
              <RelativeTime at={lastRun.createdAt} />
              <RunIcon state={lastRun.state} waiting={lastRun.waiting} />
            </>
          ) : (
            'Not run yet'
          )}
        </span>
      </a>
      {action && (
        <Button size="sm" className="mr-4" onClick={action.run}>
          {action.label}
        </Button>
      )}
      <Switch label={`${title} is on`} checked={isOn} onChange={on => setOn.mutate(on)} />
    </li>
  )
}

function Tool({ id }: { id: string }) {
  const { name, icon } = useConnector(id)
  return (
    <span role="img" aria-label={name} title={name} className="flex">
      <ConnectorIcon size={24} icon={icon} name={name} />
    </span>
  )
}
