import type { Flow } from '../../core/app/flow.ts'
import type { FlowSummary } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { StepTile } from '../runs/run-view.tsx'
import { Fact, SidePanel } from './side-panel.tsx'
import { Template } from './template.tsx'
import { WebhookFacts } from './webhook-facts.tsx'
import { conditionWords, type Names } from './words.ts'

type Props = { appId: string; flow: Flow; summary: FlowSummary; names: Names; isOver: boolean; onClose: () => void; onEdit: () => void }

/** What starts a flow, in words: when, with what, and under which condition. */
export function TriggerPanel({ appId, flow, summary, names, isOver, onClose, onEdit }: Props) {
  const { config, condition } = flow.trigger
  const { trigger, active } = summary
  return (
    <SidePanel
      label="Trigger"
      tile={<StepTile kind="trigger" connector={null} size={32} />}
      title={trigger.words}
      kind="Trigger"
      isOver={isOver}
      onClose={onClose}
      onEdit={onEdit}
    >
      {!active && <p className="text-13 text-ink-2">The flow is off. It does not start by itself, and you can still run it.</p>}
      {config.trigger_type === 'entity' && (
        <>
          <Fact label="Data">
            <a
              href={hrefOf({ app: appId, screen: 'data', path: [config.entity_name] })}
              className="rounded-1 text-13 text-accent-text hover:underline"
            >
              {names.record}
            </a>
          </Fact>
          <Fact label="Run now">
            <p className="text-13 text-pretty text-ink-2">
              Uses the newest {names.record.toLowerCase()} as if this had just happened to it.
            </p>
          </Fact>
        </>
      )}
      {config.trigger_type === 'webhook' && (
        <WebhookFacts
          key={JSON.stringify(config.example)}
          appId={appId}
          summary={summary}
          source={config.source}
          example={config.example ?? {}}
          hasCondition={condition !== undefined}
        />
      )}
      {condition && (
        <Fact label="Only if">
          <p className="text-13">
            {conditionWords(condition, names) ?? (
              <Template text={condition.includes('${') ? condition : `\${${condition}}`} names={names} />
            )}
          </p>
        </Fact>
      )}
      {trigger.nextTimes.length > 0 && (
        <Fact label="Next times">
          <ol className="space-y-1 text-13 tabular-nums">
            {trigger.nextTimes.map(at => (
              <li key={at}>
                <time dateTime={at}>{timeWords(at)}</time>
              </li>
            ))}
          </ol>
          <p className="mt-1 text-12 text-ink-3">In your time zone, {timeZone}.</p>
        </Fact>
      )}
      {config.trigger_type === 'scheduled' && (
        <Fact label="Schedule">
          <p className="text-13">
            <code>{config.cron_expression}</code> in {config.timezone}
          </p>
        </Fact>
      )}
    </SidePanel>
  )
}

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()

const timeWords = (iso: string): string =>
  new Date(iso).toLocaleString(undefined, { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' })
