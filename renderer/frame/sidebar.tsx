import { Activity, Code, Plug, Settings, Table2, TriangleAlert, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import { useConnections, useCounts, useFlows, useModel, type FlowSummary } from '../app-data.ts'
import { needsUser } from '../integrations/connection-words.ts'
import { hrefOf, type Route, type ScreenName } from '../routes.ts'
import { Dot } from '../ui/chip.tsx'

type Child = { id: string; title: string; path: string[]; mark?: ReactNode }

/** The app's parts. Below 1180 it is a rail of icons. */
export function Sidebar({ appId, route }: { appId: string; route: Route }) {
  const { data: model, isPending } = useModel(appId)
  const connections = useConnections(appId).data ?? []
  const flows = useFlows(appId).data ?? []
  const counts = useCounts(appId).data ?? {}
  const entities = (model?.entities ?? []).map(({ entity }): Child => ({
    id: entity.name,
    title: entity.name,
    path: [entity.name],
    mark: <span className="text-12 text-ink-3 tabular-nums">{counts[entity.name]?.toLocaleString() ?? ''}</span>,
  }))
  const functions = (model?.functions ?? []).map(({ name }): Child => ({ id: name, title: name, path: [name] }))
  const needsYou = connections.some(({ state }) => needsUser(state))
  const integrations: Child[] = [
    { id: 'browse', title: 'Browse', path: ['browse'] },
    {
      id: 'mine',
      title: 'My integrations',
      path: ['mine'],
      mark: needsYou && <TriangleAlert role="img" aria-label="Needs attention" className="i-14 text-bad-text" />,
    },
  ]
  const part = { appId, route }
  const nav = { 'aria-label': 'Parts of the app', className: 'flex min-h-0 flex-col gap-0.5 overflow-y-auto px-2 pt-1 pb-2' }
  // All at once: tables that came later would push away what somebody is just pressing.
  if (isPending) return <nav {...nav} aria-busy />
  return (
    <nav {...nav}>
      <Part {...part} screen="data" title="Data" icon={<Table2 />} count={entities.length} items={entities} />
      <Part {...part} screen="functions" title="Functions" icon={<Code />} count={functions.length} items={functions} />
      <Part {...part} screen="flows" title="Flows" icon={<Workflow />} count={flows.length} items={flows.map(flowChild)} />
      <Part {...part} screen="integrations" title="Integrations" icon={<Plug />} count={connections.length} items={integrations} />
      <Part {...part} screen="runs" title="Runs" icon={<Activity />} />
      <span className="flex-1" />
      <Part {...part} screen="settings" title="Settings" icon={<Settings />} />
    </nav>
  )
}

const flowChild = (flow: FlowSummary): Child => ({
  id: flow.name,
  title: flow.title,
  path: [flow.name],
  mark: flow.blockedBy ? (
    <TriangleAlert role="img" aria-label="Needs attention" className="i-14 text-warn-text" />
  ) : (
    <span className="mr-[3px] flex">
      <Dot tone={flow.active ? 'ok' : 'off'} label={flow.active ? 'On' : 'Off'} />
    </span>
  ),
})

function Part({
  appId,
  route,
  screen,
  title,
  icon,
  count,
  items = [],
}: {
  appId: string
  route: Route
  screen: ScreenName
  title: string
  icon: ReactNode
  count?: number
  items?: Child[]
}) {
  const isHere = route.screen === screen
  const isDeeper = isHere && items.some(({ path }) => path[0] === route.path[0])
  return (
    <>
      <a
        href={hrefOf({ app: appId, screen })}
        title={title}
        aria-current={isHere ? (isDeeper ? 'true' : 'page') : undefined}
        className="group flex h-9 flex-none items-center justify-center gap-2 rounded-2 text-13 font-medium text-ink-2 hover:bg-pressed aria-[current]:bg-chosen aria-[current]:text-ink wide:h-7 wide:justify-start wide:px-2 wide:aria-[current=true]:bg-transparent wide:aria-[current=true]:hover:bg-pressed [&_svg]:text-ink-3 aria-[current]:[&_svg]:text-accent-text"
      >
        {icon}
        <span className="hidden wide:inline">{title}</span>
        {count !== undefined && count > 0 && (
          <span
            aria-hidden
            className="ml-auto hidden text-12 font-normal text-ink-3 tabular-nums group-aria-[current]:text-ink-2 wide:inline"
          >
            {count}
          </span>
        )}
      </a>
      {isHere && items.length > 0 && (
        <ul className="relative hidden flex-col gap-px pt-0.5 pb-2 pl-[15px] before:absolute before:top-1 before:bottom-3 before:left-[15px] before:border-l before:border-line-2 wide:flex">
          {items.map(item => (
            <li key={item.id}>
              <a
                href={hrefOf({ app: appId, screen, path: item.path })}
                aria-current={route.path[0] === item.path[0] ? 'page' : undefined}
                title={item.title}
                className="ml-1 flex h-7 items-center gap-2 rounded-2 pr-2 pl-3 text-13 text-ink-2 hover:bg-pressed aria-[current]:bg-chosen aria-[current]:font-medium aria-[current]:text-ink"
              >
                <span className="min-w-0 flex-1 truncate">{item.title}</span>
                {item.mark}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
