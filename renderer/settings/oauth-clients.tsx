import { Check, Copy, ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { openExternal } from '../integrations/practice.ts'
import { useAct, useCall } from '../query.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { SettingRow } from './section.tsx'

type OAuthClient = Awaited<ReturnType<typeof client.settings.oauthClients>>[number]

/** The user's own registration at each provider. A secret is written and never read back. */
export function OAuthClients() {
  const clients = useCall(keys.oauthClients, () => client.settings.oauthClients())
  const [open, setOpen] = useState<string | null>(null)
  if (clients.error) return <ErrorNote error={clients.error} onRetry={() => void clients.refetch()} className="m-4" />
  if (clients.isPending) return <Skeleton rows={3} className="p-4" />
  return clients.data.map(found => (
    <div key={found.provider} className="border-b border-line last:border-0">
      <SettingRow
        title={found.name}
        note={found.clientId ? <code className="break-all">{found.clientId}</code> : 'Practice accounts work without.'}
      >
        {found.clientId && (
          <Chip tone="ok" icon={<Check />}>
            Set up
          </Chip>
        )}
        <Button
          size="sm"
          aria-expanded={open === found.provider}
          aria-label={found.clientId ? `Change the client of ${found.name}` : `Set up ${found.name}`}
          onClick={() => setOpen(open === found.provider ? null : found.provider)}
        >
          {found.clientId ? 'Change' : 'Set up'}
        </Button>
      </SettingRow>
      {open === found.provider && <ClientForm found={found} onDone={() => setOpen(null)} />}
    </div>
  ))
}

function ClientForm({ found, onDone }: { found: OAuthClient; onDone: () => void }) {
  const [clientId, setClientId] = useState(found.clientId ?? '')
  const [clientSecret, setClientSecret] = useState('')
  const save = useAct(
    (input: { clientId: string; clientSecret?: string }) => client.settings.setOauthClient({ provider: found.provider, ...input }),
    {
      refresh: [keys.oauthClients, keys.connectors],
      quiet: true,
      done: (_, input) => {
        toast.say(input.clientId ? `${found.name} is set up.` : `The client of ${found.name} was removed.`)
        onDone()
      },
    },
  )
  const isReady = clientId.trim() !== '' && (!found.secretRequired || found.hasSecret || clientSecret !== '')
  return (
    <form
      className="space-y-4 px-4 pb-4"
      onSubmit={event => {
        event.preventDefault()
        if (isReady) save.mutate({ clientId: clientId.trim(), ...(clientSecret && { clientSecret }) })
      }}
    >
      <div>
        <p className="mb-1 flex items-center text-13 font-medium">
          Redirect addresses
          <Button size="sm" kind="ghost" className="ml-auto" onClick={() => void openExternal(found.clientPageUrl)}>
            Register at {found.name} <ExternalLink />
          </Button>
        </p>
        <ul className="space-y-1">
          {found.redirectUris.map(uri => (
            <CopyLine key={uri} text={uri} />
          ))}
        </ul>
      </div>
      <Field label="Client id">{ids => <Input {...ids} value={clientId} onChange={event => setClientId(event.target.value)} />}</Field>
      <Field
        label="Client secret"
        optional={!found.secretRequired}
        hint={found.hasSecret ? 'One is kept. Leave this empty to keep it.' : 'It is encrypted and never shown again.'}
      >
        {ids => <Input {...ids} type="password" value={clientSecret} onChange={event => setClientSecret(event.target.value)} />}
      </Field>
      {save.error && <ErrorNote error={save.error} />}
      <div className="flex items-center gap-2">
        <Button kind="primary" type="submit" busy={save.isPending} disabled={!isReady}>
          Save
        </Button>
        <Button kind="ghost" onClick={onDone}>
          Cancel
        </Button>
        {found.clientId && (
          <Button kind="danger" className="ml-auto" busy={save.isPending} onClick={() => save.mutate({ clientId: '' })}>
            Remove
          </Button>
        )}
      </div>
    </form>
  )
}

function CopyLine({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <li className="flex items-center gap-1 rounded-2 border border-line bg-sunken py-0.5 pr-0.5 pl-3">
      <code className="min-w-0 flex-1 truncate select-all">{text}</code>
      <IconButton label={copied ? 'Copied' : `Copy ${text}`} size="sm" onClick={() => void copy()}>
        {copied ? <Check className="text-ok-text" /> : <Copy />}
      </IconButton>
    </li>
  )
}
