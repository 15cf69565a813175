import { Server } from 'lucide-react'
import { useRelay } from '../app-data.ts'
import { SignInForm } from '../relay/sign-in-form.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

/** Before there is a relay to publish to, and when it has ended the session of this desktop. */
export function JoinRelay() {
  const relay = useRelay()
  return (
    <EmptyState
      icon={<Server className="i-20" />}
      title={relay ? `Sign in to the ${relay.name} relay again` : 'Publish to a relay'}
      text={
        relay
          ? 'The relay has ended the session of this computer. What is published goes on running there.'
          : 'A relay is a server of your own that runs apps for everyone. Enter its address; whoever runs it can tell you.'
      }
      actions={<SignInForm key={relay?.url} known={relay?.url ?? ''} layout="column" className="w-80" />}
    />
  )
}
