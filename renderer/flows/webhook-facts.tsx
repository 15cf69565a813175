import { hookSenders } from '../../core/app/hook-senders.ts'
import type { HookSource } from '../../core/app/flow.ts'
import type { HookDetails } from '../../core/contract/hooks.ts'
import type { Json } from '../../core/json.ts'
import { keys, type FlowSummary } from '../app-data.ts'
import { client } from '../client.ts'
import { usePublishState } from '../publish/publish-data.ts'
import { useCall } from '../query.ts'
import { hrefOf } from '../routes.ts'
import { buttonClass } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Fact } from './side-panel.tsx'
import { WebhookDeliveries } from './webhook-deliveries.tsx'
import { WebhookSecret } from './webhook-secret.tsx'
import { WebhookTry } from './webhook-try.tsx'

type Props = {
  appId: string
  summary: FlowSummary
  source: HookSource
  example: Json
  /** Of the trigger: requests that do not meet it start nothing. */
  hasCondition: boolean
}

/** Where requests that start a flow go, how they show who sends them, and how to try it: here, and once it is published, from outside. */
export function WebhookFacts({ appId, summary, source, example, hasCondition }: Props) {
  const { data: state } = usePublishState(appId)
  const isPublished = state ? state.published !== null : null
  // A new version may have another address, or none.
  const key = [...keys.webhook(appId, summary.name), state?.published?.version.number ?? null]
  const { data, error, refetch } = useCall(key, () => client.webhooks.find({ appId, flow: summary.name }), {
    enabled: isPublished === true,
  })
  const hook = data ?? null
  const live = hook?.source ?? source
  return (
    <>
      <Fact label="Address">
        {isPublished === false && (
          <ToPublish appId={appId}>Once the app is published, it has an address on your relay where requests start this flow.</ToPublish>
        )}
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {isPublished && !error && data === undefined && <Skeleton rows={1} />}
        {data === null && (
          <ToPublish appId={appId}>The version on the relay does not have this address yet. Publish the app again.</ToPublish>
        )}
        {hook && <Address hook={hook} />}
        {hook && hook.source !== source && (
          <ToPublish appId={appId}>
            The version on the relay is called by {hookSenders[hook.source].name} still. Publish the app again to change that.
          </ToPublish>
        )}
      </Fact>
      <Fact label="Called by">
        <p className="text-13">{hookSenders[live].name}</p>
        <p className="mt-1 text-12 text-pretty text-ink-2">{proofOf(live, hook)}</p>
        {hook && <p className="mt-1 text-12 text-pretty text-ink-2">{hookSenders[live].step}</p>}
      </Fact>
      {hook && <WebhookSecret appId={appId} hook={hook} listKey={key} />}
      <WebhookTry appId={appId} summary={summary} example={example} hook={hook} />
      {hook && <WebhookDeliveries appId={appId} hook={hook} listKey={key} hasCondition={hasCondition} />}
    </>
  )
}

const Address = ({ hook: { url, isActive } }: { hook: HookDetails }) => (
  <>
    <div className="flex items-start gap-1 rounded-2 border border-line bg-sunken py-1 pr-1 pl-2">
      <code className="min-w-0 flex-1 self-center text-12 break-all select-all">{url}</code>
      <CopyButton text={url} what="the address" />
    </div>
    {!isActive && (
      <p className="mt-1 text-12 text-pretty text-warn-text">The flow is off in the version on the relay: requests get the answer 404.</p>
    )}
  </>
)

const ToPublish = ({ appId, children }: { appId: string; children: React.ReactNode }) => (
  <>
    <p className="text-13 text-pretty text-ink-2">{children}</p>
    <a href={hrefOf({ app: appId, screen: 'publish' })} className={buttonClass('secondary', 'md', 'mt-2 mb-1')}>
      Publish
    </a>
  </>
)

const proofOf = (source: HookSource, hook: HookDetails | null): string =>
  source === 'hmac' && hook ? `${hookSenders.hmac.proof} It is in the header ${hook.signatureHeader}.` : hookSenders[source].proof
