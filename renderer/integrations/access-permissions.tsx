import { Check, Minus } from 'lucide-react'
import { useTitleOf, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { SectionTitle } from '../ui/card.tsx'
import { AllowButton } from './allow-dialog.tsx'

export type Access = Awaited<ReturnType<typeof client.connections.access>>
type Permission = Access['permissions'][number]

/** What an account may do, in plain words, and what needs it. What was not granted can be asked for. */
export function Permissions({ row, permissions }: { row: ConnectionRow; permissions: Permission[] }) {
  const missing = permissions.filter(({ granted }) => !granted).map(({ scope }) => scope)
  const request = { appId: row.appId, connectionId: row.id }
  return (
    <section>
      <SectionTitle
        end={missing.length > 1 && <AllowButton request={{ ...request, scopes: missing }} label={`Allow all ${missing.length}`} />}
      >
        What it may do
      </SectionTitle>
      {permissions.length === 0 && <p className="mt-1 text-13 text-ink-2">Nothing now.</p>}
      <ul aria-label="Permissions">
        {permissions.map(permission => (
          <PermissionLine key={permission.scope} appId={row.appId} permission={permission}>
            {!permission.granted && row.state !== 'disconnected' && (
              <AllowButton request={{ ...request, scopes: [permission.scope] }} what={permission.text} />
            )}
          </PermissionLine>
        ))}
      </ul>
    </section>
  )
}

function PermissionLine({
  appId,
  permission: { scope, text, neededBy, granted },
  children,
}: {
  appId: string
  permission: Permission
  children: React.ReactNode
}) {
  const titleOf = useTitleOf(appId)
  return (
    <li className="flex items-start gap-2 border-b border-line py-2">
      {granted ? (
        <Check className="i-14 mt-[3px] text-ok-text" aria-label="Allowed" />
      ) : (
        <Minus className="i-14 mt-[3px] text-warn-text" aria-label="Not allowed yet" />
      )}
      <div className="min-w-0 flex-1">
        <p className="text-13 font-medium">{text}</p>
        <p className="text-12 text-ink-3">
          {!granted && <span className="font-medium text-warn-text">Not allowed yet. </span>}
          {neededBy.length > 0 ? `Needed by ${neededBy.map(titleOf).join(', ')}` : granted && 'Not needed by anything now'}
        </p>
      </div>
      <code className="max-w-40 truncate pt-0.5 text-[11px] text-ink-3" title={scope}>
        {shortScope(scope)}
      </code>
      {children}
    </li>
  )
}

/** Google's scopes are addresses: the end is what tells them apart. */
const shortScope = (scope: string): string => scope.replace(/^https:\/\/www\.googleapis\.com\/auth\//, '')
