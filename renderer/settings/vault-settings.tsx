import { KeyRound, Lock, ShieldCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useVault, type VaultStatus } from '../app-data.ts'
import { Note } from '../ui/card.tsx'
import { Chip, type Tone } from '../ui/chip.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { VaultChoice } from '../vault/vault-choice.tsx'
import { SettingRow } from './section.tsx'

const protections: Record<VaultStatus['protection'], { title: string; word: string; tone: Tone; icon: ReactNode }> = {
  keychain: { title: 'System keychain', word: 'Protected', tone: 'ok', icon: <ShieldCheck /> },
  passphrase: { title: 'Passphrase', word: 'Protected', tone: 'ok', icon: <KeyRound /> },
  session: { title: 'Only this session', word: 'Not kept', tone: 'warn', icon: <TriangleAlert /> },
  unset: { title: 'Not chosen yet', word: 'Choose', tone: 'warn', icon: <TriangleAlert /> },
  locked: { title: 'Locked', word: 'Locked', tone: 'warn', icon: <Lock /> },
}

/** How sign-ins are protected, and the choice where there is one to make. */
export function VaultSettings() {
  const vault = useVault()
  if (vault.error) return <ErrorNote error={vault.error} onRetry={() => void vault.refetch()} className="m-4" />
  if (vault.isPending) return <Skeleton rows={1} className="p-4" />
  const { protection, message, lockedRecords } = vault.data
  const { title, word, tone, icon } = protections[protection]
  const hasChoice = protection === 'unset' || protection === 'locked' || protection === 'session'
  return (
    <>
      <SettingRow title={title} note={message}>
        <Chip tone={tone} icon={icon}>
          {word}
        </Chip>
      </SettingRow>
      {lockedRecords > 0 && (
        <div className="border-b border-line p-4 last:border-0">
          <Note tone="warn" icon={<Lock />}>
            {lockedRecords === 1 ? 'One sign-in is' : `${lockedRecords} sign-ins are`} sealed with another key.{' '}
            {lockedRecords === 1 ? 'It is' : 'They are'} kept.
          </Note>
        </div>
      )}
      {hasChoice && (
        <div className="px-4 pb-4">
          <VaultChoice key={protection} status={vault.data} onDone={() => toast.say('Sign-ins can be kept now.')} />
        </div>
      )}
    </>
  )
}
