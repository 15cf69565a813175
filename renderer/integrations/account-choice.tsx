import { ArrowRight } from 'lucide-react'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toast.tsx'
import type { Progress } from './attempts.ts'
import { Avatar } from './avatar.tsx'

type Question = Extract<Progress, { phase: 'choosing' }>['question']

/** A sign-in brought another account than the one in use: both are shown, and the user decides. Until then nothing changes. */
export function AccountChoice({ question: { questionId, inUse, signedIn } }: { question: Question }) {
  const choose = useAct((account: 'new' | 'kept') => client.connections.choose({ questionId, account }), {
    done: (_, account) => account === 'kept' && toast.say(`Nothing has changed: ${inUse} stays in use.`),
  })
  return (
    <div role="group" aria-label="Which account should be used?" className="rounded-2 border border-warn-line bg-warn-soft p-3">
      <p role="alert" className="text-13 font-medium text-pretty">
        You signed in to another account than the one in use.
      </p>
      <div className="my-3 grid grid-cols-[minmax(0,1fr)_16px_minmax(0,1fr)] items-center gap-2">
        <Side title="In use until now" label={inUse} />
        <ArrowRight className="text-ink-3" />
        <Side title="Signed in now" label={signedIn} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          kind="primary"
          busy={choose.isPending && choose.variables === 'new'}
          disabled={choose.isPending}
          onClick={() => choose.mutate('new')}
        >
          Use the new account
        </Button>
        <Button
          size="sm"
          busy={choose.isPending && choose.variables === 'kept'}
          disabled={choose.isPending}
          onClick={() => choose.mutate('kept')}
        >
          Keep the old one
        </Button>
      </div>
    </div>
  )
}

const Side = ({ title, label }: { title: string; label: string }) => (
  <div className="min-w-0 rounded-2 border border-line bg-raised px-2.5 py-2">
    <p className="text-12 text-ink-3">{title}</p>
    <p className="mt-0.5 flex items-center gap-1.5 text-13 font-medium">
      <Avatar label={label} />
      <span className="min-w-0 truncate" title={label}>
        {label}
      </span>
    </p>
  </div>
)
