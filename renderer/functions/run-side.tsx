import { Check, Square, Table2, Workflow } from 'lucide-react'
import type { AppModel } from '../../core/app/model.ts'
import { useConnector } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { SectionTitle } from '../ui/card.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { Spinner } from '../ui/progress.tsx'
import { durationWords } from '../ui/relative-time.tsx'
import type { AppFunction } from './function-view.tsx'
import { callersOf } from './input.ts'
import { InputSection, type Input } from './input-section.tsx'
import type { LiveRun } from './live-run.ts'
import { RunResult } from './run-result.tsx'
import { entityUses } from './entity-uses.ts'

/** Beside the code: what goes in, what came out, what it uses and who calls it. */
export function RunSide({
  appId,
  model,
  found,
  text,
  run,
  input,
}: {
  appId: string
  model: AppModel
  found: AppFunction
  text: string
  run: LiveRun | undefined
  input: Input
}) {
  const callers = callersOf(model, found.name)
  const connectors = [...new Set(found.uses.map(({ connector }) => connector))]
  const entities = entityUses(text).filter(({ entity }) => model.entities.some(known => known.entity.name === entity))
  return (
    <aside
      aria-label="Run"
      tabIndex={0}
      className="w-75 flex-none space-y-6 overflow-auto border-l border-line p-4 -outline-offset-2! wide:w-80"
    >
      {found.config.description && <p className="text-13 text-pretty text-ink-2">{found.config.description}</p>}
      <InputSection input={input} />
      {run && (
        <section aria-label="Last run">
          <SectionTitle end={<RunMark run={run} />}>Last run</SectionTitle>
          <RunResult run={run} />
        </section>
      )}
      {(connectors.length > 0 || entities.length > 0) && (
        <section aria-label="Uses">
          <SectionTitle>Uses</SectionTitle>
          <ul className="mt-2">
            {connectors.map(id => (
              <ToolUse
                key={id}
                appId={appId}
                id={id}
                actions={found.uses.filter(({ connector }) => connector === id).map(({ action }) => action)}
              />
            ))}
            {entities.map(({ entity, writes }) => (
              <li key={entity}>
                <a href={hrefOf({ app: appId, screen: 'data', path: [entity] })} className={line}>
                  <span aria-hidden className="grid size-5 flex-none place-items-center rounded-[5px] bg-accent-soft text-accent-text">
                    <Table2 className="i-12" />
                  </span>
                  <span className="min-w-0 flex-1 truncate">{entity}</span>
                  <span className="flex-none text-12 text-ink-3">{writes ? 'write' : 'read'}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Called by">
        <SectionTitle>Called by</SectionTitle>
        {callers.length === 0 ? (
          <p className="mt-2 text-13 text-ink-3">No flow calls it yet.</p>
        ) : (
          <ul className="mt-2">
            {callers.map(({ name, title }) => (
              <li key={name}>
                <a href={hrefOf({ app: appId, screen: 'flows', path: [name] })} className={line}>
                  <Workflow className="text-ink-3" />
                  <span className="min-w-0 flex-1 truncate">{title}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
    </aside>
  )
}

const line = '-mx-2 flex min-h-7 items-center gap-2 rounded-2 px-2 text-13 hover:bg-hover'

function ToolUse({ appId, id, actions }: { appId: string; id: string; actions: string[] }) {
  const { name, icon, facts } = useConnector(id)
  const titles = [...new Set(actions)].map(action => facts?.actions.find(known => known.id === action)?.title.toLowerCase() ?? action)
  return (
    <li>
      <a href={hrefOf({ app: appId, screen: 'integrations', path: ['browse', id] })} className={line}>
        <ConnectorIcon size={20} icon={icon} name={name} />
        <span className="min-w-0 flex-1 truncate">{name}</span>
        <span className="max-w-40 flex-none truncate text-12 text-ink-3" title={titles.join(', ')}>
          {titles.join(', ')}
        </span>
      </a>
    </li>
  )
}

function RunMark({ run: { state, durationMs } }: { run: LiveRun }) {
  if (state === 'running')
    return (
      <span role="status" className="flex items-center gap-1.5 text-12 text-accent-text">
        <Spinner />
        Running
      </span>
    )
  const time = durationMs === null ? '' : durationWords(durationMs)
  if (state === 'succeeded')
    return (
      <span role="status" className="flex items-center gap-1 text-12 font-medium text-ok-text tabular-nums">
        <Check className="i-12" aria-label="Succeeded" />
        {time}
      </span>
    )
  return (
    <span
      role="status"
      className={`flex items-center gap-1 text-12 font-medium tabular-nums ${state === 'failed' ? 'text-bad-text' : 'text-ink-3'}`}
    >
      {state === 'stopped' && <Square className="i-12" />}
      {state === 'failed' ? 'Failed' : 'Stopped'} · {time}
    </span>
  )
}
