import { WifiOff } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { useConnections, useSystem } from '../app-data.ts'
import { useConnection } from '../client.ts'
import { needsUser } from '../integrations/connection-words.ts'
import { usePublishState } from '../publish/publish-data.ts'
import { Dot } from '../ui/chip.tsx'
import { useNow } from '../ui/relative-time.tsx'
import { relativeWords } from '../ui/time-words.ts'

/** Where things run and whether they do. */
export function StatusLine({ appId }: { appId: string | null }) {
  return (
    <footer
      role="contentinfo"
      aria-label="Status"
      className="flex items-center gap-2 overflow-hidden px-4 text-12 whitespace-nowrap text-ink-3"
    >
      {appId ? <AppStatus appId={appId} /> : <Status needing={0} />}
      <span className="ml-auto hidden items-center gap-2 wide:flex">
        Saved
        <Separator />
        Offline planner
      </span>
    </footer>
  )
}

function AppStatus({ appId }: { appId: string }) {
  const { data = [] } = useConnections(appId)
  const { published, job } = usePublishState(appId).data ?? {}
  const now = useNow()
  const isPublishing = job?.outcome === null
  const words = isPublishing
    ? 'Relay: publishing…'
    : published && `Relay: published ${relativeWords(new Date(published.version.at).getTime(), now).replace(/^Just/, 'just')}`
  return <Status needing={data.filter(({ state }) => needsUser(state)).length} relay={words ?? null} />
}

function Status({ needing, relay = null }: { needing: number; relay?: string | null }) {
  const system = useSystem().data
  const lost = useConnection(({ status }) => status === 'lost')
  if (lost) return <Line mark={<Dot tone="warn" />} parts={['Reconnecting…']} />
  if (!system) return <Line mark={<Dot tone="off" />} parts={['Starting…']} />
  const host = { starting: 'Starting apps…', running: null, restarting: 'Apps are starting again…' }[system.host]
  const flows = system.flowsOn === 1 ? '1 flow on' : `${system.flowsOn} flows on`
  const needs = needing > 0 && (needing === 1 ? '1 account needs you' : `${needing} accounts need you`)
  const parts = [needs, 'Local', host ?? (system.flowsOn > 0 ? flows : 'No flows on'), relay, !system.online && 'Offline'].filter(
    part => typeof part === 'string',
  )
  const tone = needing > 0 ? 'bad' : system.host === 'running' ? 'ok' : 'warn'
  return <Line mark={system.online ? <Dot tone={tone} /> : <WifiOff className="i-14 text-warn-text" />} parts={parts} />
}

const Line = ({ mark, parts }: { mark: ReactNode; parts: string[] }) => (
  <span role="status" className="flex items-center gap-2">
    {mark}
    {parts.map((part, index) => (
      <Fragment key={part}>
        {index > 0 && <Separator />}
        <span>{part}</span>
      </Fragment>
    ))}
  </span>
)

const Separator = () => <span aria-hidden className="size-0.5 rounded-full bg-current" />
