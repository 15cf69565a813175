import { create } from 'zustand'
import { keys, type VaultStatus } from '../app-data.ts'
import { client } from '../client.ts'
import { queryClient } from '../query.ts'

/** While `waiting` is set, the dialog about protecting sign-ins is open; it is answered with whether the vault can be used. */
export const useVaultGate = create<{ waiting: ((usable: boolean) => void) | null }>(() => ({ waiting: null }))

export const isUsable = ({ protection }: VaultStatus): boolean => protection !== 'unset' && protection !== 'locked'

/** True when secrets can be kept. Asks the user first where there is no keychain or a passphrase is needed. */
export async function openVault(): Promise<boolean> {
  const status = await queryClient.fetchQuery({ queryKey: keys.vault, queryFn: () => client.vault.status(), staleTime: 0 })
  return isUsable(status) || askForVault()
}

export function askForVault(): Promise<boolean> {
  useVaultGate.getState().waiting?.(false)
  return new Promise(resolve => useVaultGate.setState({ waiting: resolve }))
}

export function answerGate(usable: boolean): void {
  const { waiting } = useVaultGate.getState()
  useVaultGate.setState({ waiting: null })
  waiting?.(usable)
}
