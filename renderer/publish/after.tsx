import { Laptop, Server } from 'lucide-react'
import type { ReactNode } from 'react'
import { useConnections, useConnector, useConnectors, useFlows, type ConnectionRow, type FlowSummary } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Card, SectionTitle } from '../ui/card.tsx'
import { Dot } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import type { Preview } from './publish-data.ts'

/** What each flow does once this is live. */
export function FlowsAfter({ appId }: { appId: string }) {
  const { data: flows = [] } = useFlows(appId)
  if (flows.length === 0) return null
  return (
    <section>
      <SectionTitle>Flows after this</SectionTitle>
      <Card className="mt-2 overflow-hidden">
        <ul aria-label="Flows after this" className="divide-y divide-line">
          {flows.map(flow => (
            <FlowLine key={flow.name} appId={appId} flow={flow} />
          ))}
        </ul>
      </Card>
    </section>
  )
}

function FlowLine({ appId, flow: { name, title, active, blockedBy, trigger } }: { appId: string; flow: FlowSummary }) {
  const waits = active && blockedBy !== null
  const [next] = trigger.nextTimes
  return (
    <li>
      <a
        href={hrefOf({ app: appId, screen: 'flows', path: [name] })}
        className="flex min-h-10 items-center gap-3 px-4 py-1.5 text-13 hover:bg-hover -outline-offset-2!"
      >
        <Dot tone={!active ? 'off' : waits ? 'warn' : 'ok'} />
        <span className="min-w-0 flex-1">
          <span className="mr-3 font-medium">{title}</span>
          <span className="text-12 text-ink-3">
            {waits ? blockedBy.message : trigger.words}
            {active && !waits && next && (
              <>
                {' · next '}
                <RelativeTime at={next} inline />
              </>
            )}
          </span>
        </span>
        <span className="flex-none text-12 text-ink-3">{!active ? 'Off' : waits ? 'Waits' : 'On the relay'}</span>
      </a>
    </li>
  )
}

/** Which accounts stay here and which are on the relay once this is live. */
export function TokenPlaces({ appId, preview: { relay, gives } }: { appId: string; preview: Preview }) {
  const { data = [] } = useConnections(appId)
  const { data: tools = [] } = useConnectors()
  const accounts = data.filter(({ mode, state }) => mode === 'shared' && state !== 'disconnected')
  if (accounts.length === 0) return null
  const going = new Set(gives.map(({ id }) => id))
  const isThere = ({ id, custody }: ConnectionRow) => going.has(id) || custody?.want === 'relay'
  const names = [...new Set(gives.map(({ connector }) => tools.find(({ id }) => id === connector)?.name ?? connector))]
  return (
    <section>
      <SectionTitle>Where tokens live</SectionTitle>
      <Card className="mt-2 p-3">
        <Place icon={<Laptop />} name="This computer" accounts={accounts.filter(each => !isThere(each))} />
        <span aria-hidden className="ml-2 block h-3 w-px border-l border-dashed border-line-2" />
        <Place
          icon={<Server />}
          name={going.size > 0 ? `${relay.name} relay, after this` : `${relay.name} relay`}
          accounts={accounts.filter(isThere)}
        />
      </Card>
      <p className="mt-1.5 text-12 text-pretty text-ink-3">
        {names.length > 0
          ? `${names.join(', ')} ${names.length === 1 ? 'moves' : 'move'} with the next version. Never in two places; you can take ${names.length === 1 ? 'it' : 'them'} back any time.`
          : 'A token is never in two places. Accounts that the app works with move when it is published; you can take them back any time.'}
      </p>
    </section>
  )
}

function Place({ icon, name, accounts }: { icon: ReactNode; name: string; accounts: readonly ConnectionRow[] }) {
  return (
    <div className="flex min-h-7 items-center gap-2 text-13">
      <span className="flex text-ink-3">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <ul aria-label={`On ${name}`} className="flex flex-none gap-1">
        {accounts.map(account => (
          <li key={account.id}>
            <AccountIcon account={account} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function AccountIcon({ account: { connector, name: account } }: { account: ConnectionRow }) {
  const { name, icon } = useConnector(connector)
  return (
    <span role="img" aria-label={`${name}: ${account}`} title={`${name}: ${account}`} className="flex">
      <ConnectorIcon size={24} icon={icon} name={name} />
    </span>
  )
}
