import { TriangleAlert } from 'lucide-react'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import type { Preview } from './publish-data.ts'

type Props = { appId: string; relay: string; taken: NonNullable<Preview['taken']>; live: Preview['live'] }

/** Whose app has the address, since when, and the ways out: to go on with that one, which the button below does, or to be one of its own. */
export function Taken({ appId, relay, taken: { app, free }, live }: Props) {
  const separate = useAct(() => client.publish.separate({ appId }), { refresh: [keys.publishPreview(appId)] })
  return (
    <Note tone="warn" icon={<TriangleAlert />}>
      {app && live ? (
        <>
          “{app.name}” has this address: first published <RelativeTime at={app.since} inline />, version {live.number} by {live.by}. This
          folder never came from it. Look at the difference and publish over it, or publish an app of its own at <Address url={free} />.
        </>
      ) : (
        <>
          An app of another workspace on {relay} has this address. This one can be at <Address url={free} />.
        </>
      )}
      <Button size="sm" className="mt-2 text-ink" busy={separate.isPending} onClick={() => separate.mutate()}>
        Use another address
      </Button>
    </Note>
  )
}

const Address = ({ url }: { url: string }) => <span className="font-medium wrap-anywhere">{url.replace(/^https?:\/\//, '')}</span>
