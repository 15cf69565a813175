import { ExternalLink, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { roleNames } from '../../core/role-names.ts'
import { keys, useRelay } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { SignInForm } from '../relay/sign-in-form.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/toast.tsx'
import { SettingRow } from './section.tsx'

type Relay = NonNullable<ReturnType<typeof useRelay>>

/** The relay that this desktop is signed in to, or the way to one. */
export function RelaySettings() {
  const relay = useRelay()
  if (relay?.state === 'signed_in') return <SignedIn relay={relay} />
  return (
    <>
      {relay && (
        <SettingRow
          title={`${relay.name} relay`}
          note={`The relay has ended the session of this computer, where ${relay.email} was signed in.`}
        >
          <Chip tone="warn" icon={<TriangleAlert />}>
            Sign in again
          </Chip>
        </SettingRow>
      )}
      <SignInForm key={relay?.url} known={relay?.url ?? ''} layout="row" className="p-4" />
    </>
  )
}

function SignedIn({ relay: { name, url, workspace, email, role } }: { relay: Relay }) {
  const [asks, setAsks] = useState(false)
  const leave = useAct(() => client.relay.signOut(), {
    refresh: [keys.relay, keys.relayApps, keys.connectors, keys.oauthClients, keys.everyApp],
    done: ({ ended }) => {
      setAsks(false)
      toast.say(
        ended
          ? `Signed out of the ${name} relay.`
          : `Signed out here. The ${name} relay could not be told: end the session on its page, too.`,
      )
    },
  })
  return (
    <>
      <SettingRow title={`${name} relay`} note={url.replace(/^https?:\/\//, '')}>
        <a href={url} target="_blank" rel="noopener noreferrer" className={buttonClass('secondary', 'sm')}>
          Open its page
          <ExternalLink className="i-14" />
        </a>
      </SettingRow>
      <SettingRow title={email} note={`${roleNames[role]} of ${workspace}`}>
        <Button size="sm" onClick={() => setAsks(true)}>
          Sign out…
        </Button>
      </SettingRow>
      <ConfirmDialog
        open={asks}
        onClose={() => setAsks(false)}
        title={`Sign out of the ${name} relay?`}
        text="What is published goes on running there, with the accounts that are kept there. Apps on this computer cannot use those accounts until you sign in again."
        keep="Stay signed in"
        confirm="Sign out"
        busy={leave.isPending}
        error={leave.error}
        onConfirm={() => leave.mutate()}
      />
    </>
  )
}
