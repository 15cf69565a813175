import { Check, TriangleAlert } from 'lucide-react'
import type { QueryKey } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { hookSenders } from '../../core/app/hook-senders.ts'
import type { HookDetails } from '../../core/contract/hooks.ts'
import { AppError } from '../../core/errors.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Field, Input } from '../ui/input.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toast } from '../ui/toast.tsx'
import { Fact } from './side-panel.tsx'

type Props = { appId: string; hook: HookDetails; listKey: QueryKey }

/** Whether the address has its secret, how to copy it and how to change it. The secret itself is never on the screen, nor kept here. */
export function WebhookSecret({ appId, hook, listKey }: Props) {
  const { name, hasSecret, secretFrom, secretChangedAt } = hook
  const read = async (): Promise<string> => {
    const { secret } = await client.webhooks.secret({ appId, name })
    if (secret === null) throw new AppError('not_found', 'There is no secret to copy yet.')
    return secret
  }
  return (
    <Fact
      label="Secret"
      end={
        hasSecret ? (
          <Chip tone="ok" icon={<Check />}>
            Set
          </Chip>
        ) : (
          <Chip tone="warn" icon={<TriangleAlert />}>
            Needed
          </Chip>
        )
      }
    >
      {hasSecret && secretChangedAt && (
        <p className="text-12 text-ink-2">
          {secretFrom === 'relay' ? 'Made' : 'Entered'} <RelativeTime at={secretChangedAt} inline />. It is kept on the relay alone.
        </p>
      )}
      {secretFrom === 'sender' ? (
        <EnterSecret appId={appId} hook={hook} listKey={listKey} />
      ) : (
        <div className="mt-2 flex flex-wrap gap-2">
          {hasSecret && <CopyButton text={read} what="secret" word="Copy secret" />}
          <NewSecret appId={appId} hook={hook} listKey={listKey} />
        </div>
      )}
    </Fact>
  )
}

function NewSecret({ appId, hook: { name, hasSecret }, listKey }: Props) {
  const [asking, setAsking] = useState(false)
  const renew = useAct(() => client.webhooks.changeSecret({ appId, name }), {
    quiet: true,
    refresh: [listKey],
    done: () => {
      setAsking(false)
      toast.say('There is a new secret. Copy it to wherever the address is called from.')
    },
  })
  return (
    <>
      <Button size="sm" busy={renew.isPending} onClick={() => (hasSecret ? setAsking(true) : renew.mutate())}>
        New secret{hasSecret && '…'}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Make a new secret?"
        text="The present one ends at once: requests with it are refused until the new one is entered wherever the address is called from."
        confirm="Make a new secret"
        onConfirm={() => renew.mutate()}
        busy={renew.isPending}
        error={renew.error}
      />
    </>
  )
}

/** What is typed goes to the relay, and out of the field. */
function EnterSecret({ appId, hook: { name, source, hasSecret }, listKey }: Props) {
  const field = useRef<HTMLInputElement>(null)
  const save = useAct(() => client.webhooks.changeSecret({ appId, name, secret: field.current?.value.trim() ?? '' }), {
    quiet: true,
    refresh: [listKey],
    done: () => {
      if (field.current) field.current.value = ''
      toast.say('The secret is on the relay.')
    },
  })
  const sender = hookSenders[source].name
  return (
    <form
      className="mt-2"
      onSubmit={event => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Field label={hasSecret ? `New signing secret of ${sender}` : `Signing secret of ${sender}`} error={save.error?.message ?? null}>
        {ids => (
          <div className="flex gap-2">
            <Input {...ids} ref={field} type="password" required bad={save.isError} className="min-w-0 flex-1" />
            <Button type="submit" busy={save.isPending}>
              Save
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}
