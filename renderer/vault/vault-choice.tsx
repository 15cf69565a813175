import { useState, type FormEvent } from 'react'
import type { AppError } from '../../core/errors.ts'
import { keys, type VaultStatus } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient, useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { ChoiceCards } from '../ui/choice.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { isUsable } from './vault-gate.ts'

type Props = { status: VaultStatus; onDone: () => void; onCancel?: () => void }

/** Unlocks the vault, or lets the user choose how it is protected where there is no keychain. */
export const VaultChoice = (props: Props) => (props.status.protection === 'locked' ? <Unlock {...props} /> : <Choose {...props} />)

function useVaultAct<I>(act: (input: I) => Promise<VaultStatus>, onDone: () => void) {
  return useAct(act, {
    quiet: true,
    done: status => {
      queryClient.setQueryData(keys.vault, status)
      if (isUsable(status)) onDone()
    },
  })
}

function Unlock({ onDone, onCancel }: Props) {
  const [passphrase, setPassphrase] = useState('')
  const unlock = useVaultAct((given: string) => client.vault.unlock(given ? { passphrase: given } : {}), onDone)
  return (
    <form
      className="mt-4 space-y-3"
      onSubmit={event => {
        event.preventDefault()
        unlock.mutate(passphrase)
      }}
    >
      <Field label="Passphrase" hint="Leave it empty to try the system’s keychain again.">
        {ids => <Input {...ids} type="password" autoFocus value={passphrase} onChange={event => setPassphrase(event.target.value)} />}
      </Field>
      {/* The way to unlock is this very form. */}
      {unlock.error && <ErrorNote error={{ ...shapeOf(unlock.error), action: undefined }} />}
      <div className="flex items-center gap-2 pt-1">
        <Button kind="primary" type="submit" busy={unlock.isPending}>
          Unlock
        </Button>
        {onCancel && (
          <Button kind="ghost" onClick={onCancel}>
            Not now
          </Button>
        )}
      </div>
    </form>
  )
}

const shapeOf = ({ code, message, details }: AppError) => ({ code, message, details })

function Choose({ status, onDone, onCancel }: Props) {
  const [way, setWay] = useState<'passphrase' | 'session'>('passphrase')
  const [passphrase, setPassphrase] = useState('')
  const [repeated, setRepeated] = useState('')
  const protect = useVaultAct(
    (given: string | null) => (given === null ? client.vault.keepForSession() : client.vault.setPassphrase({ passphrase: given })),
    onDone,
  )
  const differs = repeated.length > 0 && repeated !== passphrase
  const isReady = way === 'session' || (passphrase.length >= 8 && repeated === passphrase)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) protect.mutate(way === 'session' ? null : passphrase)
  }
  return (
    <form className="mt-4 space-y-3" onSubmit={submit}>
      <ChoiceCards
        label="How sign-ins are protected"
        value={way}
        onChange={setWay}
        choices={[
          { value: 'passphrase', title: 'With a passphrase', text: 'Encrypted on this computer. Asked once at each start.' },
          { value: 'session', title: 'Only this session', text: 'Kept in memory. You sign in again after a restart.' },
        ]}
      />
      {way === 'passphrase' && (
        <>
          <Field label="Passphrase" hint="At least 8 characters. It cannot be recovered.">
            {ids => (
              <Input
                {...ids}
                type="password"
                autoComplete="new-password"
                value={passphrase}
                onChange={event => setPassphrase(event.target.value)}
              />
            )}
          </Field>
          <Field label="Repeat it" error={differs ? 'The two are not the same.' : null}>
            {ids => (
              <Input
                {...ids}
                type="password"
                autoComplete="new-password"
                bad={differs}
                value={repeated}
                onChange={event => setRepeated(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
      {protect.error && <ErrorNote error={protect.error} />}
      <div className="flex items-center gap-2 pt-1">
        <Button kind="primary" type="submit" disabled={!isReady} busy={protect.isPending}>
          {way === 'session' ? 'Use for this session' : status.protection === 'session' ? 'Protect sign-ins' : 'Set passphrase'}
        </Button>
        {onCancel && (
          <Button kind="ghost" onClick={onCancel}>
            Not now
          </Button>
        )}
      </div>
    </form>
  )
}
