import { CloudDownload } from 'lucide-react'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct, useCall } from '../query.ts'
import { go } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { Card, SectionTitle } from '../ui/card.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'

/** Apps that teammates have published and that are not on this computer. Nothing where this desktop has no relay, or cannot reach it. */
export function RelayApps() {
  const { data = [] } = useCall(keys.relayApps, () => client.publish.apps())
  const open = useAct((appId: string) => client.publish.open({ appId }), {
    refresh: [keys.apps, keys.relayApps],
    done: ({ appId }) => go({ app: appId, screen: 'data' }),
  })
  const elsewhere = data.filter(({ here }) => !here)
  if (elsewhere.length === 0) return null
  return (
    <section>
      <SectionTitle note={elsewhere.length}>On the relay</SectionTitle>
      <Card className="mt-3">
        <ul className="divide-y divide-line">
          {elsewhere.map(({ id, name, live }) => (
            <li key={id} className="flex min-h-12 items-center gap-3 px-4 text-13">
              <span className="font-medium">{name}</span>
              <span className="min-w-0 flex-1 truncate text-12 text-ink-3">
                Version {live.number} by {live.by}, <RelativeTime at={live.at} inline />
              </span>
              <Button
                size="sm"
                icon={<CloudDownload />}
                aria-label={`Open here: ${name}`}
                busy={open.isPending && open.variables === id}
                onClick={() => open.mutate(id)}
              >
                Open here
              </Button>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  )
}
