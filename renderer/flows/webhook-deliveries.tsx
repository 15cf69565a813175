import { Clock, Minus, X } from 'lucide-react'
import type { QueryKey } from '@tanstack/react-query'
import type { HookDelivery, HookDetails } from '../../core/contract/hooks.ts'
import { client } from '../client.ts'
import { useCall } from '../query.ts'
import { RunChip } from '../runs/run-state.tsx'
import { Chip } from '../ui/chip.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Fact } from './side-panel.tsx'

const lookEveryMs = 3000

/** What became of the last requests, as the relay knows it. Looks again while it is on the screen. */
export function WebhookDeliveries({
  appId,
  hook: { name },
  listKey,
  hasCondition,
}: {
  appId: string
  hook: HookDetails
  listKey: QueryKey
  hasCondition: boolean
}) {
  const { data, error, refetch } = useCall([...listKey, 'deliveries'], () => client.webhooks.deliveries({ appId, name }), {
    refetchInterval: lookEveryMs,
  })
  return (
    <Fact label="Last requests">
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={2} />}
      {data?.length === 0 && <p className="text-13 text-ink-2">None has come yet.</p>}
      {data && data.length > 0 && (
        <ul aria-label="Last requests" className="divide-y divide-line rounded-2 border border-line">
          {data.map(delivery => (
            <li key={`${delivery.at} ${delivery.outcome}`} className="px-3 py-2 text-12">
              <div className="flex items-center gap-2">
                <Outcome delivery={delivery} />
                <RelativeTime at={delivery.at} className="ml-auto text-ink-3" />
              </div>
              <Told delivery={delivery} hasCondition={hasCondition} />
            </li>
          ))}
        </ul>
      )}
    </Fact>
  )
}

function Outcome({ delivery }: { delivery: HookDelivery }) {
  switch (delivery.outcome) {
    case 'taken':
      return delivery.run ? (
        <RunChip state={delivery.run.state} waiting={delivery.run.waiting} />
      ) : (
        <Chip tone="neutral" icon={<Minus />}>
          No run
        </Chip>
      )
    case 'waiting':
      return (
        <Chip tone="warn" icon={<Clock />}>
          Waiting
        </Chip>
      )
    case 'given_up':
      return (
        <Chip tone="bad" icon={<X />}>
          Given up
        </Chip>
      )
    case 'refused':
      return (
        <Chip tone="bad" icon={<X />}>
          Refused
        </Chip>
      )
  }
}

function Told({ delivery, hasCondition }: { delivery: HookDelivery; hasCondition: boolean }) {
  const text = textOf(delivery, hasCondition)
  const page = delivery.outcome === 'taken' ? delivery.run?.page : undefined
  return (
    <>
      {text && <p className="mt-1 text-pretty text-ink-2">{text}</p>}
      {page && (
        <a href={page} target="_blank" rel="noopener noreferrer" className="mt-1 inline-block rounded-1 text-accent-text hover:underline">
          See the run on the relay
        </a>
      )}
    </>
  )
}

function textOf(delivery: HookDelivery, hasCondition: boolean): string | null {
  switch (delivery.outcome) {
    case 'taken':
      if (delivery.run) return delivery.run.error
      return hasCondition ? 'It did not meet the condition of the trigger.' : 'Its run is not kept any more.'
    case 'waiting':
      return 'It is on the relay’s disk, until the app has started.'
    case 'given_up':
    case 'refused':
      return delivery.reason
  }
}
