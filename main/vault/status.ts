import type { z } from 'zod'
import type { vaultStatus } from '../../core/contract/main.ts'

/** Why a vault is locked: its passphrase is needed, the keychain does not answer, the keychain has lost the key, or its own file cannot be read. */
export type LockReason = 'passphrase' | 'keychain' | 'keyLost' | 'damaged'

type Protection = Exclude<z.infer<typeof vaultStatus>['protection'], 'locked'>

const messages = {
  open: {
    keychain: 'Your secrets are sealed with a key in this computer’s keychain.',
    passphrase: 'Your secrets are sealed with your passphrase. Plugboard asks for it at each start.',
    session: 'Your secrets are kept in memory only. They are gone when Plugboard stops.',
    unset: 'This computer offers no keychain to keep secrets in. Choose a passphrase, or keep them only until Plugboard stops.',
  } satisfies Record<Protection, string>,
  locked: {
    passphrase: 'Your secrets are locked. Enter your passphrase to open them.',
    keychain: 'The keychain that holds the key to your secrets does not answer. Unlock it and try again; your connections are kept.',
    keyLost:
      'The key to your secrets is no longer in this computer’s keychain. Your connections are kept; bring the keychain back, or choose a passphrase and connect again.',
    damaged:
      'The file vault.json cannot be read. Your connections are kept; restore it from a backup, or choose a passphrase and connect again.',
  } satisfies Record<LockReason, string>,
}

export const openMessage = (protection: Protection): string => messages.open[protection]
export const lockedMessage = (reason: LockReason): string => messages.locked[reason]
