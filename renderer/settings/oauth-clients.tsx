import { Check, ExternalLink, Search, Server } from 'lucide-react'
import { useState } from 'react'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { openExternal } from '../integrations/practice.ts'
import { useCall } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Input } from '../ui/input.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ClientForm, type OAuthClient } from './client-form.tsx'
import { SettingRow } from './section.tsx'

/** From this many providers on there is a search field. */
const many = 8

/** The user's own registration at each provider, those that are set up first. `chosen`: whose form is open at first. */
export function OAuthClients({ chosen }: { chosen?: string }) {
  const clients = useCall(keys.oauthClients, () => client.settings.oauthClients(), { staleTime: 0, refetchOnWindowFocus: 'always' })
  const [open, setOpen] = useState(chosen ?? null)
  const [query, setQuery] = useState('')
  if (clients.error) return <ErrorNote error={clients.error} onRetry={() => void clients.refetch()} className="m-4" />
  if (clients.isPending) return <Skeleton rows={3} className="p-4" />
  const all = clients.data.toSorted((a, b) => Number(b.clientId !== null) - Number(a.clientId !== null) || a.name.localeCompare(b.name))
  const found = all.filter(({ name }) => name.toLowerCase().includes(query.trim().toLowerCase()))
  return (
    <>
      {all.length >= many && (
        <div className="border-b border-line p-3">
          <Input
            type="search"
            aria-label="Search providers"
            icon={<Search />}
            placeholder={`Search ${all.length} providers`}
            value={query}
            onChange={event => setQuery(event.target.value)}
          />
        </div>
      )}
      {found.length === 0 && <p className="p-4 text-13 text-ink-2">No provider is called “{query.trim()}”.</p>}
      <ul aria-label="Providers">
        {found.map(each => (
          <Provider
            key={each.provider}
            found={each}
            isOpen={open === each.provider}
            onOpen={isOpen => setOpen(isOpen ? each.provider : null)}
          />
        ))}
      </ul>
    </>
  )
}

function Provider({ found, isOpen, onOpen }: { found: OAuthClient; isOpen: boolean; onOpen: (isOpen: boolean) => void }) {
  const { name, clientId, hasSecret, note, workspace } = found
  return (
    <li className="border-b border-line last:border-0">
      <SettingRow
        title={name}
        note={
          clientId ? (
            <>
              <code className="break-all">{clientId}</code>
              {hasSecret && ' · secret saved in the vault'}
            </>
          ) : workspace?.clientId ? (
            <>
              <code className="break-all">{workspace.clientId}</code> on {workspace.relay}
            </>
          ) : (
            !isOpen && note
          )
        }
      >
        {clientId && (
          <Chip tone="ok" icon={<Check />}>
            Set up
          </Chip>
        )}
        {!clientId && workspace?.clientId && (
          <>
            <Chip tone="ok" icon={<Server />}>
              On the relay
            </Chip>
            <Button size="sm" aria-label={`Open the client of ${name} on the relay`} onClick={() => void openExternal(workspace.page)}>
              Open <ExternalLink />
            </Button>
          </>
        )}
        <Button
          size="sm"
          aria-expanded={isOpen}
          aria-label={clientId ? `Change the client of ${name}` : `Set up ${name}`}
          onClick={() => onOpen(!isOpen)}
        >
          {clientId ? 'Change' : 'Set up'}
        </Button>
      </SettingRow>
      {isOpen && <ClientForm found={found} onDone={() => onOpen(false)} />}
    </li>
  )
}
