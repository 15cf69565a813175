import { TriangleAlert, WifiOff } from 'lucide-react'
import { useState } from 'react'
import { keys, useSystem, useVault } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import type { ScreenProps } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { Card, Note } from '../ui/card.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Input } from '../ui/input.tsx'
import { Panel, PanelBody, PanelHead } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { FlowsAfter, TokenPlaces } from './after.tsx'
import { Audience } from './audience.tsx'
import { ChangesList } from './changes-list.tsx'
import { JobCard } from './job-card.tsx'
import { JoinRelay } from './join-relay.tsx'
import { usePublishPreview, usePublishState, type Preview } from './publish-data.ts'
import { Checks, Versions } from './side.tsx'
import { Taken } from './taken.tsx'

/** What publishing would change, the one button, how it goes on, and what was live before. */
export function Screen({ appId }: ScreenProps) {
  const { data: preview, error, refetch } = usePublishPreview(appId)
  const { data: vault } = useVault()
  // Where nothing could ever be kept, nobody has signed in.
  const isSignedOut = error?.action?.kind === 'settings' || (error?.action?.kind === 'unlock' && vault?.protection === 'unset')
  const job = usePublishState(appId).data?.job ?? null
  const busy = job !== null && job.outcome === null
  const start = useAct((wish: { base: number | null; title: string }) => client.publish.start({ appId, ...wish }))
  return (
    <Panel label="Publish">
      <PanelHead
        title="Publish"
        beside={preview?.live && <span className="text-13 text-ink-3">Version {preview.live.number}</span>}
        actions={preview?.url && <Address url={preview.url} />}
      />
      {isSignedOut ? (
        <JoinRelay />
      ) : error && !preview ? (
        <ErrorScreen error={error} onRetry={() => void refetch()} />
      ) : !preview ? (
        <Skeleton rows={6} />
      ) : (
        <div className="@container flex min-h-0 flex-1">
          <PanelBody label="What publishing changes" className="space-y-6 p-5">
            {job && <JobCard appId={appId} job={job} onRetry={() => void refetch()} />}
            {!busy && <Begin key={preview.title} appId={appId} preview={preview} starting={start.isPending} onStart={start.mutate} />}
            <ChangesList appId={appId} preview={preview} />
            <FlowsAfter appId={appId} />
          </PanelBody>
          <aside
            aria-label="Checks and versions"
            tabIndex={0}
            className="w-64 flex-none space-y-6 overflow-auto border-l border-line p-5 -outline-offset-2! @3xl:w-80"
          >
            <Checks checks={preview.checks} />
            <Audience appId={appId} />
            <TokenPlaces appId={appId} preview={preview} />
            <Versions appId={appId} preview={preview} busy={busy} />
          </aside>
        </div>
      )}
    </Panel>
  )
}

const Address = ({ url }: { url: string }) => (
  <>
    <a href={url} target="_blank" rel="noopener noreferrer" className="truncate text-13 text-accent-text">
      {url.replace(/^https?:\/\//, '')}
    </a>
    <CopyButton text={url} what="the address" />
  </>
)

type BeginProps = {
  appId: string
  preview: Preview
  starting: boolean
  onStart: (wish: { base: number | null; title: string }) => void
}

/** The title of the next version and the button. What someone else has published since is shown before it can be written over. */
function Begin({ appId, preview, starting, onStart }: BeginProps) {
  const [title, setTitle] = useState(preview.title)
  const online = useSystem().data?.online ?? true
  const take = useAct(() => client.publish.take({ appId }), { refresh: [keys.publishPreview(appId)] })
  const { live, isNewer, changes, checks, relay, taken, address } = preview
  const isBroken = checks.some(({ state }) => state === 'error')
  const isOver = (isNewer || taken !== null) && changes.length > 0
  const isOthers = taken !== null && taken.app === null
  const next = Math.max(0, ...preview.versions.map(({ number }) => number)) + 1
  return (
    <Card className="space-y-3 p-4">
      {!online && (
        <Note tone="warn" icon={<WifiOff />}>
          You are offline. You can go on editing; publishing waits until you are back.
        </Note>
      )}
      {isOver && taken ? (
        <Taken appId={appId} relay={relay.name} taken={taken} live={live} />
      ) : (
        live &&
        isOver && (
          <Note
            tone="warn"
            icon={<TriangleAlert />}
            action={
              <Button size="sm" className="text-ink" busy={take.isPending} onClick={() => take.mutate()}>
                Take theirs
              </Button>
            }
          >
            {live.by} made version {live.number} live (“{live.title}”), and this computer has not seen it. Publishing takes back what it
            changed.
          </Note>
        )
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Input
          className="min-w-50 flex-1"
          aria-label="What is new in this version"
          maxLength={120}
          placeholder="What is new"
          disabled={changes.length === 0}
          value={title}
          onChange={event => setTitle(event.target.value)}
        />
        <Button
          kind={isOver && live ? 'danger' : 'primary'}
          busy={starting}
          disabled={!online || isBroken || isOthers || changes.length === 0 || title.trim() === ''}
          onClick={() => onStart({ base: live?.number ?? null, title: title.trim() })}
        >
          {isOver && live ? `Publish over version ${live.number}` : `Publish version ${next}`}
        </Button>
      </div>
      <p className="text-12 text-ink-3">
        {isBroken
          ? 'Put right what the checks say first.'
          : changes.length === 0
            ? 'There is nothing to publish.'
            : isOthers
              ? 'Publish it under another address first.'
              : `To ${relay.name}, ${address}.`}
      </p>
    </Card>
  )
}
