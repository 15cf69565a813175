import { TriangleAlert } from 'lucide-react'
import type { SwitchTask, Task } from '../../core/app/flow.ts'
import { readTask } from '../../core/app/task.ts'
import { isErrorCode } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { RunDetail, RunStep } from '../../core/run.ts'
import { useActions, useConnections, useConnector, type FlowSummary } from '../app-data.ts'
import { titleOf } from '../data/fields.ts'
import { hrefOf } from '../routes.ts'
import { RunChip } from '../runs/run-state.tsx'
import { StepTile } from '../runs/run-view.tsx'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { PracticeChip, StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { actionOf } from '../ui/error-action.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { JsonWell } from '../ui/json-well.tsx'
import { durationWords } from '../ui/relative-time.tsx'
import { accountFor } from './flow-acts.ts'
import { readable } from './graph.ts'
import { Fact, SidePanel } from './side-panel.tsx'
import { Given, Template } from './template.tsx'
import { conditionWords, type Names } from './words.ts'

type Props = {
  appId: string
  step: FlowSummary['steps'][number]
  /** Its place in the flow, counted from 1. */
  number: number
  task: Task
  /** The tools the step's function uses, or its own. */
  tools: string[]
  names: Names
  run: RunDetail | undefined
  isOver: boolean
  onClose: () => void
  onEdit: () => void
}

const kindWords: Record<RunStep['kind'], string> = { function: 'Function', action: 'Tool', switch: 'Switch', wait: 'Wait' }

/** One step: what it does, what it is given, whose account it uses and what it gave in the last run. */
export function StepPanel({ appId, step, number, task, tools, names, run, isOver, onClose, onEdit }: Props) {
  const read = readTask(task)
  const last = run?.steps.findLast(({ name }) => name === step.name)
  const tool = useConnector(read.kind === 'action' ? read.task.with.connector : null)
  const given = read.kind === 'function' ? read.task.with.args : read.kind === 'action' ? read.task.with.input : undefined
  return (
    <SidePanel
      label={`Step: ${step.title}`}
      tile={<StepTile kind={step.kind} connector={step.connector} size={32} />}
      title={step.title}
      kind={`Step ${number} · ${tool.facts?.name ?? kindWords[step.kind]}`}
      isOver={isOver}
      onClose={onClose}
      onEdit={onEdit}
    >
      {read.kind === 'function' ? (
        <Fact label="Calls">
          <a
            href={hrefOf({ app: appId, screen: 'functions', path: [read.task.with.function_name] })}
            className="rounded-1 font-mono text-12 text-accent-text hover:underline"
          >
            {read.task.with.function_name}
          </a>
        </Fact>
      ) : read.kind === 'switch' ? null : (
        <p className="text-13 text-pretty text-ink-2">
          {tool.facts?.actions.find(({ id }) => read.kind === 'action' && id === read.task.with.action)?.does ?? step.detail}
        </p>
      )}
      {tools.map(connector => (
        <Account
          key={connector}
          appId={appId}
          connector={connector}
          {...(read.kind === 'action' && { connection: read.task.with.connection })}
        />
      ))}
      {read.kind === 'switch' && <Cases task={read.task} names={names} />}
      {given !== undefined && (
        <Inputs
          given={given}
          names={names}
          connector={read.kind === 'action' ? read.task.with.connector : null}
          action={read.kind === 'action' ? read.task.with.action : null}
        />
      )}
      {run && last && <LastRun appId={appId} runId={run.id} step={last} />}
    </SidePanel>
  )
}

function Account({ appId, connector, connection }: { appId: string; connector: string; connection?: string | undefined }) {
  const { name, icon } = useConnector(connector)
  const rows = useConnections(appId).data
  if (!rows) return null
  const account = accountFor(rows, connector, connection)
  const isOff = !account || account.state === 'disconnected'
  const connect = actionOf({ kind: 'connect', connector })
  return (
    <Fact label={`${name} account`}>
      {isOff ? (
        <Note
          tone="warn"
          icon={<TriangleAlert />}
          action={
            <Button size="sm" className="text-ink" onClick={connect?.run}>
              Connect
            </Button>
          }
        >
          {connection ? `There is no account “${connection}”.` : `${name} is not connected.`}
        </Note>
      ) : (
        <a
          href={hrefOf({ app: appId, screen: 'integrations', path: ['mine'] })}
          className="flex min-h-9 items-center gap-2 rounded-2 border border-line-2 px-2 text-13 hover:border-control"
        >
          <ConnectorIcon size={20} icon={icon} name={name} />
          <span className="min-w-0 flex-1 truncate">{account.account?.label ?? account.name}</span>
          {account.mode === 'app-user' && <span className="text-12 text-ink-3">each user’s own</span>}
          {account.practice && account.state === 'connected' ? <PracticeChip /> : <StateChip state={account.state} />}
        </a>
      )}
    </Fact>
  )
}

/** Under which condition the flow goes where. */
function Cases({ task, names }: { task: SwitchTask; names: Names }) {
  const cases = task.switch.flatMap(item => Object.entries(item))
  return (
    <Fact label="Ways on">
      <ul className="divide-y divide-line rounded-2 border border-line text-13">
        {cases.map(([label, { when, then }]) => (
          <li key={label} className="px-3 py-2">
            <p className="font-medium">{when === undefined ? 'Otherwise' : readable(label)}</p>
            {when !== undefined && (
              <p className="text-ink-2">
                If {conditionWords(when, names) ?? <Template text={when.includes('${') ? when : `\${${when}}`} names={names} />}
              </p>
            )}
            <p className="text-12 text-ink-3">
              {then === 'end' || then === 'exit'
                ? 'The flow ends'
                : then === 'continue'
                  ? 'Goes on with the next step'
                  : `Goes on with “${names.step(then)}”`}
            </p>
          </li>
        ))}
      </ul>
    </Fact>
  )
}

function Inputs({ given, names, connector, action }: { given: Json; names: Names; connector: string | null; action: string | null }) {
  const schema = useActions(connector).data?.find(({ id }) => id === action)?.inputSchema
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    return (
      <Fact label="Input">
        <Given value={given} names={names} />
      </Fact>
    )
  const entries = Object.entries(given)
  if (entries.length === 0) return <Fact label="Input">{<p className="text-13 text-ink-3">Nothing is given to it.</p>}</Fact>
  return entries.map(([key, value]) => (
    <Fact key={key} label={schemaTitle(schema, key) ?? titleOf(key)}>
      <Given value={value} names={names} />
    </Fact>
  ))
}

/** The title of a field in an action's JSON Schema. */
function schemaTitle(schema: Json | undefined, key: string): string | null {
  const properties = asObject(asObject(schema)['properties'])
  const title = asObject(properties[key])['title']
  return typeof title === 'string' ? title : null
}

const asObject = (value: Json | undefined): { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

function LastRun({ appId, runId, step }: { appId: string; runId: string; step: RunStep }) {
  return (
    <Fact
      label="In the last run"
      end={
        <a href={hrefOf({ app: appId, screen: 'runs', path: [runId] })} className="rounded-1 text-12 text-accent-text hover:underline">
          See the run
        </a>
      }
    >
      <p className="mb-2 flex items-center gap-2 text-12 text-ink-3 tabular-nums">
        <RunChip state={step.state} />
        {step.durationMs !== null && durationWords(step.durationMs)}
      </p>
      {step.error && (
        <ErrorNote
          className="mb-2"
          error={{
            code: isErrorCode(step.error.code) ? step.error.code : 'internal',
            message: step.error.message,
            action: step.error.action,
            details: step.error.details,
          }}
        />
      )}
      {step.output !== null && <JsonWell label="Output of the last run" value={step.output} />}
    </Fact>
  )
}
