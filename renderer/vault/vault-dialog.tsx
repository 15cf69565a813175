import { Dialog } from '../ui/dialog.tsx'
import { useVault } from '../app-data.ts'
import { answerGate, useVaultGate } from './vault-gate.ts'
import { VaultChoice } from './vault-choice.tsx'

/** Comes up when a sign-in is to be kept and there is no open vault to keep it in. */
export function VaultDialog() {
  const waiting = useVaultGate(state => state.waiting)
  const { data: status } = useVault()
  const locked = status?.protection === 'locked'
  return (
    <Dialog
      open={waiting !== null}
      onClose={() => answerGate(false)}
      title={locked ? 'Your sign-ins are locked' : 'Where should sign-ins be kept?'}
      description={status?.message}
    >
      {status && <VaultChoice status={status} onDone={() => answerGate(true)} onCancel={() => answerGate(false)} />}
    </Dialog>
  )
}
