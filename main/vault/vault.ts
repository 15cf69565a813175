import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { vaultStatus } from '../../core/contract/main.ts'
import { AppError } from '../../core/errors.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import { readHeader, setHeaderAside, writeHeader, type ProtectedKey } from './header.ts'
import { keychainWorks, systemKeychain, within, type Keychain } from './keychain.ts'
import { unwrap, wrap } from './passphrase.ts'
import { openRecords } from './records.ts'
import { checkValue, isRightKey, open, parseSealed, seal, type Key } from './seal.ts'
import { createSealer } from './sealer.ts'
import { lockedMessage, openMessage, type LockReason } from './status.ts'

export type VaultStatus = z.infer<typeof vaultStatus>

/**
 * The one place for secrets. Values are strings; ids may be any text. Errors: `unauthorized` with action `unlock` while the vault is
 * locked or no protection has been chosen, `unavailable` when the disk refuses.
 */
export type Vault = {
  status(): VaultStatus
  /** Protects the vault by a passphrase from now on. Records stay. A vault that cannot be opened is kept beside a new one. */
  usePassphrase(passphrase: string): Promise<VaultStatus>
  /** Keeps secrets in memory until this process ends. `conflict` when they are protected on disk already. */
  useSession(): Promise<VaultStatus>
  /** Opens a locked vault: with its passphrase, or by asking the keychain again. */
  unlock(passphrase?: string): Promise<VaultStatus>
  /** Null when there is no such record. `unauthorized` when it is there but its key is not. */
  read(id: string): Promise<string | null>
  write(id: string, value: string): Promise<void>
  delete(id: string): Promise<void>
  ids(): string[]
  /** Records that cannot be opened with the keys at hand. They are kept. */
  lockedIds(): string[]
  /**
   * Seals, under the vault's key, what another room keeps. Without protection on disk the key lives as long as this process, and what it
   * sealed opens afterwards only if a passphrase was chosen meanwhile.
   */
  sealer: Sealer
  /** Whether the key that this was sealed with is at hand. */
  opens(sealed: string): boolean
  /** Small values in the keychain, which no restore of the home directory touches. Nothing is kept where it does not protect this vault. */
  memory: { read(name: string): Promise<string | null>; write(name: string, value: string): Promise<void> }
  onChange(listener: () => void): () => void
}

type State =
  | { kind: 'open'; protection: 'keychain' | 'passphrase' }
  | { kind: 'session' }
  | { kind: 'unset' }
  | { kind: 'locked'; reason: LockReason }

export type VaultOptions = { home: string; keychain?: Keychain; startLimitMs?: number; unlockLimitMs?: number }

/** Opens the vault in `<home>/vault`. With a working keychain it is ready at once; without one its status says what the user has to choose. */
export async function openVault({
  home,
  keychain = systemKeychain(),
  startLimitMs = 3000,
  unlockLimitMs = 60_000,
}: VaultOptions): Promise<Vault> {
  const folder = join(home, 'vault')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const records = await openRecords(join(folder, 'records'))
  const listeners = new Set<() => void>()
  const keys = new Map<string, Key>()
  const session = new Map<string, string>()
  const sessionKey = newKey()
  let state: State = { kind: 'unset' }
  let known: ProtectedKey[] = []
  let last: Promise<unknown> = Promise.resolve()

  /** One change at a time: a choice of protection never meets a write half-way. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work)
    last = turn.catch(() => {})
    return turn
  }

  function enter(next: State): VaultStatus {
    state = next
    for (const listener of listeners) listener()
    return status()
  }

  /** Finds the keys of this vault, or makes the first one. */
  async function findKeys(limitMs: number): Promise<VaultStatus> {
    const header = await readHeader(folder)
    if (header === 'damaged') return enter({ kind: 'locked', reason: 'damaged' })
    known = header === 'none' ? [] : header.keys
    const [current] = known
    if (!current && records.all().length > 0) return enter({ kind: 'locked', reason: 'damaged' })
    const keychainHelps = !current || known.some(key => key.protection === 'keychain')
    const works = keychainHelps && (await keychainWorks(keychain, limitMs))
    if (!current) return works ? protectByKeychain() : enter({ kind: 'unset' })
    if (works) for (const entry of known) await takeFromKeychain(entry, limitMs)
    if (keys.has(current.keyId)) return enter({ kind: 'open', protection: current.protection })
    if (current.protection === 'passphrase') return enter({ kind: 'locked', reason: 'passphrase' })
    return enter({ kind: 'locked', reason: works ? 'keyLost' : 'keychain' })
  }

  async function takeFromKeychain(entry: ProtectedKey, limitMs: number): Promise<void> {
    if (entry.protection !== 'keychain' || keys.has(entry.keyId)) return
    const found = await within(keychain.read(entry.keyId), limitMs).catch(() => null)
    if (found === null) return
    const key = { id: entry.keyId, bytes: Buffer.from(found, 'base64') }
    if (key.bytes.length === 32 && isRightKey(key, entry.check)) keys.set(key.id, key)
  }

  /** Opens every key that the passphrase opens: an older one may be among them. */
  async function tryPassphrase(passphrase: string): Promise<boolean> {
    for (const entry of known) {
      if (entry.protection !== 'passphrase' || keys.has(entry.keyId)) continue
      const key = await unwrap(entry.wrapping, passphrase)
      if (key && isRightKey(key, entry.check)) keys.set(key.id, key)
    }
    const [current] = known
    return current !== undefined && keys.has(current.keyId)
  }

  async function protectByKeychain(): Promise<VaultStatus> {
    const key = newKey()
    await keychain.write(key.id, key.bytes.toString('base64'))
    await adopt(key, { keyId: key.id, protection: 'keychain', check: checkValue(key) })
    return enter({ kind: 'open', protection: 'keychain' })
  }

  /** Makes a key the one in use. The header is the only file that changes, so a crash leaves one protection or the other. */
  async function adopt(key: Key, entry: ProtectedKey): Promise<void> {
    const next = [entry, ...known.filter(other => other.keyId !== entry.keyId)]
    await writeHeader(folder, next)
    known = next
    keys.set(key.id, key)
  }

  function keyInUse(): Key | null {
    const [current] = known
    return (state.kind === 'open' && current && keys.get(current.keyId)) || null
  }

  /** The session's key opens what was sealed in this process, also once a passphrase protects it. */
  const keyOf = (id: string): Key | undefined => (id === sessionKey.id ? sessionKey : keys.get(id))

  const sealer = createSealer(
    () => {
      mustBeOpen()
      return keyInUse() ?? sessionKey
    },
    id => {
      mustBeOpen()
      return keyOf(id)
    },
  )

  /** Beside the key of this vault. */
  const accountOf = (name: string): string | null =>
    state.kind === 'open' && state.protection === 'keychain' && known[0] ? `${known[0].keyId} ${name}` : null

  function mustBeOpen(): void {
    if (state.kind === 'open' || state.kind === 'session') return
    throw new AppError('unauthorized', status().message, { action: { kind: 'unlock' } })
  }

  function openRecord(id: string): string | null | 'locked' {
    const record = records.get(id)
    if (!record) return null
    const key = keys.get(record.keyId)
    return (key && open(key, record)) ?? 'locked'
  }

  function lockedIds(): string[] {
    return records.all().flatMap(({ id }) => (!session.has(id) && openRecord(id) === 'locked' ? [id] : []))
  }

  function status(): VaultStatus {
    const lockedRecords = lockedIds().length + records.damaged()
    if (state.kind === 'locked') return { protection: 'locked', message: lockedMessage(state.reason), lockedRecords }
    const protection = state.kind === 'open' ? state.protection : state.kind
    return { protection, message: openMessage(protection), lockedRecords }
  }

  await findKeys(startLimitMs)
  return {
    status,
    lockedIds,
    sealer,
    opens: text => keyOf(parseSealed(text)?.keyId ?? '') !== undefined,
    memory: {
      async read(name) {
        const account = accountOf(name)
        return account === null ? null : within(keychain.read(account), startLimitMs).catch(() => null)
      },
      async write(name, value) {
        const account = accountOf(name)
        // Without it a restore goes unnoticed, as on a computer that has no keychain.
        if (account !== null) await within(keychain.write(account, value), startLimitMs).catch(() => {})
      },
    },
    ids: () => [...new Set([...records.all().map(({ id }) => id), ...session.keys()])],
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    usePassphrase: passphrase =>
      inTurn(async () => {
        if (passphrase.length < 8) throw new AppError('validation', 'Use at least 8 characters.')
        if (state.kind === 'locked' && (await tryPassphrase(passphrase))) return enter({ kind: 'open', protection: 'passphrase' })
        if (state.kind === 'locked' && state.reason === 'damaged') await setHeaderAside(folder)
        const [previous] = known
        const key = keyInUse() ?? sessionKey
        await adopt(key, { keyId: key.id, protection: 'passphrase', check: checkValue(key), wrapping: await wrap(key, passphrase) })
        for (const [id, value] of session) await records.put(seal(key, id, value))
        session.clear()
        // Left behind, the key in the keychain would still open what the passphrase is meant to guard.
        if (previous?.protection === 'keychain' && previous.keyId === key.id) await keychain.delete(key.id).catch(() => {})
        return enter({ kind: 'open', protection: 'passphrase' })
      }),

    useSession: () =>
      inTurn(async () => {
        if (state.kind === 'open')
          throw new AppError('conflict', 'Your secrets are protected on disk already; there is no need to keep them in memory only.')
        return enter({ kind: 'session' })
      }),

    unlock: passphrase =>
      inTurn(async () => {
        if (state.kind === 'open' || state.kind === 'session') return status()
        if (known[0]?.protection !== 'passphrase') return findKeys(unlockLimitMs)
        if (await tryPassphrase(passphrase ?? '')) return enter({ kind: 'open', protection: 'passphrase' })
        throw new AppError('unauthorized', 'That passphrase does not open the vault. Try again.', { action: { kind: 'unlock' } })
      }),

    read: id =>
      inTurn(async () => {
        mustBeOpen()
        const kept = session.get(id)
        if (kept !== undefined) return kept
        const value = openRecord(id)
        if (value === 'locked')
          throw new AppError(
            'unauthorized',
            'This secret is sealed with a key that is not on this computer any more. It is kept; connect again to replace it.',
          )
        return value
      }),

    write: (id, value) =>
      inTurn(async () => {
        mustBeOpen()
        const key = keyInUse()
        if (!key) {
          session.set(id, value)
          return
        }
        if (openRecord(id) === 'locked') await records.setAside(id)
        await records.put(seal(key, id, value))
      }),

    delete: id =>
      inTurn(async () => {
        session.delete(id)
        await records.remove(id)
      }),
  }
}

/** Whether secrets can be kept and read now. */
export const isVaultOpen = (vault: Pick<Vault, 'status'>): boolean => !['unset', 'locked'].includes(vault.status().protection)

const newKey = (): Key => ({ id: randomUUID(), bytes: randomBytes(32) })
