import type { ConnectionMode } from '../../core/app/connector-file.ts'
import { useConnector, useModel, type ConnectionRow } from '../app-data.ts'
import { Card, SectionTitle } from '../ui/card.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { ConnectButtons } from './connect-buttons.tsx'

type Needed = { connector: string; scopes: string[]; mode: ConnectionMode }

/** The tools that the app's files name and nobody has connected: those of the sample app, or of a folder that came from elsewhere. */
export function useNeededTools(appId: string, rows: readonly ConnectionRow[]): Needed[] {
  const files = useModel(appId).data?.connectors ?? []
  return files
    .map(({ connector: { type, scopes, mode } }) => ({ connector: type, scopes, mode }))
    .filter(({ connector }) => !rows.some(row => row.connector === connector))
}

export function NeededTools({ appId, tools }: { appId: string; tools: Needed[] }) {
  if (tools.length === 0) return null
  return (
    <section>
      <SectionTitle
        note={tools.length}
        end={<span className="text-12 text-ink-3">The flows that use them wait until they are connected</span>}
      >
        This app needs
      </SectionTitle>
      <Card className="mt-2">
        <ul aria-label="Needed tools">
          {tools.map(tool => (
            <NeededTool key={tool.connector} appId={appId} tool={tool} />
          ))}
        </ul>
      </Card>
    </section>
  )
}

function NeededTool({ appId, tool: { connector, scopes, mode } }: { appId: string; tool: Needed }) {
  const { name, icon, facts } = useConnector(connector)
  const permissions = facts?.permissions.filter(({ scope }) => scopes.includes(scope)).map(({ text }) => text) ?? []
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-3 border-b border-line p-4 last:border-0">
      <ConnectorIcon icon={icon} name={name} />
      <div className="min-w-48 flex-1">
        <h3 className="text-13 font-semibold">{name}</h3>
        <p className="text-12 text-pretty text-ink-3">{permissions.join(' · ') || facts?.summary}</p>
      </div>
      <div className="w-72 flex-none">
        <ConnectButtons appId={appId} connector={connector} mode={mode} scopes={scopes} layout="column" />
      </div>
    </li>
  )
}
