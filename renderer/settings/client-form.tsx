import { ExternalLink, Info } from 'lucide-react'
import { useState } from 'react'
import { keys } from '../app-data.ts'
import { client } from '../client.ts'
import { openExternal } from '../integrations/practice.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { toast } from '../ui/toast.tsx'
import { clientProblems } from './client-problems.ts'

export type OAuthClient = Awaited<ReturnType<typeof client.settings.oauthClients>>[number]
type ClientInput = { clientId: string; clientSecret?: string }

/** How to register at one provider, and the fields for what one gets there. A secret is written and never read back. */
export function ClientForm({ found, onDone }: { found: OAuthClient; onDone: () => void }) {
  const [clientId, setClientId] = useState(found.clientId ?? '')
  const [clientSecret, setClientSecret] = useState('')
  const [showsProblems, setShowsProblems] = useState(false)
  const [asksToRemove, setAsksToRemove] = useState(false)
  const save = useAct((input: ClientInput) => client.settings.setOauthClient({ provider: found.provider, ...input }), {
    refresh: [keys.oauthClients, keys.connectors],
    quiet: true,
    done: (_, input) => {
      toast.say(
        input.clientId ? `${found.name} is set up. You can connect a real account now.` : `The client of ${found.name} was removed.`,
      )
      onDone()
    },
  })
  const problems = clientProblems(found, { clientId, clientSecret })
  const shown = showsProblems ? problems : { clientId: null, clientSecret: null }
  return (
    <form
      aria-label={`OAuth client of ${found.name}`}
      className="space-y-4 p-4"
      onSubmit={event => {
        event.preventDefault()
        setShowsProblems(true)
        if (!problems.clientId && !problems.clientSecret)
          save.mutate({ clientId: clientId.trim(), ...(clientSecret.trim() && { clientSecret: clientSecret.trim() }) })
      }}
    >
      <OnRelay found={found} />
      <Steps found={found} />
      {found.redirectUris.length > 0 && (
        <section>
          <h3 className="mb-1 text-13 font-medium">{found.redirectUris.length === 1 ? 'Redirect address' : 'Redirect addresses'}</h3>
          <ul className="space-y-1">
            {found.redirectUris.map(uri => (
              <CopyLine key={uri} text={uri} />
            ))}
          </ul>
        </section>
      )}
      <Field label="Client id" error={shown.clientId}>
        {ids => <Input {...ids} bad={shown.clientId !== null} value={clientId} onChange={event => setClientId(event.target.value)} />}
      </Field>
      <Field
        label="Client secret"
        optional={!found.secretRequired}
        error={shown.clientSecret}
        hint={
          found.hasSecret
            ? 'One is saved in the vault. Leave this empty to keep it.'
            : 'It goes to the vault, encrypted, and is never shown again.'
        }
      >
        {ids => (
          <Input
            {...ids}
            type="password"
            autoComplete="off"
            bad={shown.clientSecret !== null}
            value={clientSecret}
            onChange={event => setClientSecret(event.target.value)}
          />
        )}
      </Field>
      {save.error && <ErrorNote error={save.error} />}
      <div className="flex items-center gap-2">
        <Button kind="primary" type="submit" busy={save.isPending}>
          Save
        </Button>
        <Button kind="ghost" onClick={onDone}>
          Cancel
        </Button>
        {found.clientId && (
          <Button kind="danger" className="ml-auto" onClick={() => setAsksToRemove(true)}>
            Remove…
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={asksToRemove}
        onClose={() => setAsksToRemove(false)}
        title={`Remove the client of ${found.name}?`}
        text="Accounts that were connected with it keep what they need. A new sign-in needs a client again."
        confirm="Remove"
        busy={save.isPending}
        error={save.error}
        onConfirm={() => save.mutate({ clientId: '' })}
      />
    </form>
  )
}

/** What the workspace has on the relay, which is changed there alone. */
function OnRelay({ found: { name, clientId, workspace } }: { found: OAuthClient }) {
  if (!workspace) return null
  const { relay, page, clientId: there } = workspace
  const text = there
    ? `Your workspace has a client for ${name} on ${relay}. ${clientId ? 'Yours goes first.' : 'Accounts are connected through it, unless you add your own here.'}`
    : `Your workspace has no client for ${name} on ${relay} yet. An admin can add one there, for everyone.`
  return (
    <div className="flex items-center gap-3 text-13 text-ink-2">
      <p className="min-w-0 flex-1 text-pretty">{text}</p>
      <Button size="sm" onClick={() => void openExternal(page)}>
        Open {relay} <ExternalLink />
      </Button>
    </div>
  )
}

function Steps({ found: { name, steps, scopesHint, note, clientPageUrl } }: { found: OAuthClient }) {
  return (
    <section className="space-y-2 text-13">
      <div className="flex items-center gap-2">
        <h3 className="flex-1 font-medium">How to get a client</h3>
        <Button size="sm" onClick={() => void openExternal(clientPageUrl)}>
          Open {new URL(clientPageUrl).host} <ExternalLink />
        </Button>
      </div>
      <ol aria-label={`Steps for ${name}`} className="list-decimal space-y-1 pl-5 text-pretty text-ink-2 marker:text-ink-3">
        {steps.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {[scopesHint, note].map(
        hint =>
          hint && (
            <p key={hint} className="flex gap-2 text-12 text-pretty text-ink-2">
              <Info className="i-14 mt-px text-ink-3" /> {hint}
            </p>
          ),
      )}
    </section>
  )
}

const CopyLine = ({ text }: { text: string }) => (
  <li className="flex items-center gap-1 rounded-2 border border-line bg-sunken py-0.5 pr-0.5 pl-3">
    <code className="min-w-0 flex-1 truncate select-all">{text}</code>
    <CopyButton text={text} what={text} />
  </li>
)
