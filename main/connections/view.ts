import type { InferContractRouterOutputs } from '@orpc/contract'
import type { AppModel } from '../../core/app/model.ts'
import { modeOf, usesOf, type Use } from '../../core/app/uses.ts'
import type { Activity, Connection, ConnectionCustody } from '../../core/connection.ts'
import type { Tool } from '../../core/connector.ts'
import type { MainContract } from '../../core/contract/main.ts'
import type { PracticePlace } from '../../core/practice-place.ts'
import type { Standing } from '../custody/custody.ts'
import type { SharedConnection } from '../../core/custody/messages.ts'
import type { Vault } from '../vault/vault.ts'
import type { StoredConnection } from './registry.ts'
import { iso, keysAreGone, reasonOf } from './token-state.ts'

type Outputs = InferContractRouterOutputs<MainContract>['connections']
export type ConnectionRow = Outputs['list'][number]
export type Access = Outputs['access']
export type Disconnected = Outputs['disconnect']

/** A connection as the user sees it: its own state, unless the vault has something to say. `provider` is its name. */
export function toConnection(record: StoredConnection, vault: Vault, provider: string): Connection {
  const { id, appId, connector, name, mode, practice, isDefault, account, createdAt, scopes, since, nextTry, renewable, accessExpiresAt } =
    record
  return {
    id,
    appId,
    connector,
    provider: record.provider,
    name,
    mode,
    practice,
    isDefault,
    account,
    scopesGranted: scopes,
    since: iso(since),
    nextTryAt: nextTry === null ? null : iso(nextTry),
    renewable,
    accessExpiresAt: accessExpiresAt === null ? null : iso(accessExpiresAt),
    createdAt,
    ...stateOf(record, vault, provider),
  }
}

/** Whether this computer has the tokens. */
export const isHeldHere = (role: StoredConnection['role']): boolean => ['holder', 'offering', 'conflict', 'yielding'].includes(role)

const places: Partial<Record<StoredConnection['role'], ConnectionCustody['state']>> = {
  conflict: 'choose',
  remote: 'relay',
  holder: 'here',
  gone: 'taken',
}

/** Where a connection is, for the user. Nothing for one that was never shared, or is disconnected. */
export function custodyOf({ throughRelay, borrowed }: StoredConnection, { entry, problem }: Standing): Pick<Connection, 'custody'> {
  const nothing = { otherAccount: null, problem: null }
  if (borrowed) {
    const { by, at, mayTake } = borrowed
    return { custody: { ...nothing, state: 'relay', want: 'relay', mayReturn: mayTake, by: { name: by, at } } }
  }
  const { role, want, turn } = entry.state
  if (role === 'gone' && entry.takenBy === null) return {}
  if (turn === 0 && want === 'desktop') return {}
  return {
    custody: {
      state: places[role] ?? 'moving',
      want: want === 'relay' ? 'relay' : 'here',
      otherAccount: entry.otherAccount,
      problem: problem?.message ?? null,
      mayReturn: !throughRelay,
      ...(entry.takenBy !== null && { by: { name: entry.takenBy, at: iso(entry.since) } }),
    },
  }
}

/** What a relay is told of a connection. */
export function describe(record: StoredConnection | undefined, practiceAt: PracticePlace | undefined): SharedConnection | null {
  if (!record) return null
  const { appId, connector, name, mode, isDefault, practice, account, facts } = record
  return { appId, connector, name, mode, isDefault, practice, account, facts, ...(practiceAt && { practiceAt }) }
}

function stateOf(record: StoredConnection, vault: Vault, provider: string): Pick<Connection, 'state' | 'reason'> {
  const { state, sealed, role, borrowed } = record
  if (borrowed) return { state: borrowed.state, reason: borrowed.reason }
  if (role === 'needs_reconnect') return { state: 'needs_reconnect', reason: 'The relay does not have this account any more.' }
  if (state === 'connected' && !isHeldHere(role)) return { state, reason: null }
  if (state === 'connected' || state === 'retrying') {
    const { protection, message } = vault.status()
    if (protection === 'locked') return { state: 'locked', reason: message }
    if (sealed === null || !vault.opens(sealed)) return { state: 'needs_reconnect', reason: keysAreGone }
  }
  return { state, reason: reasonOf(record, provider) }
}

/** The uses of an app that go through this connection: those that name it, and those that name none when it is the default. */
function usesThrough(record: StoredConnection, model: AppModel | null): Use[] {
  return (model ? usesOf(model) : []).filter(
    use =>
      use.connector === record.connector &&
      modeOf(model ?? { connectors: [] }, use.connector) === record.mode &&
      (use.connection === undefined ? record.isDefault : use.connection === record.name || use.connection === record.id),
  )
}

type User = ConnectionRow['usedBy'][number]

function usersOf(uses: readonly Use[]): User[] {
  const users = new Map(uses.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }]))
  return [...users.values()]
}

/** A row of “My integrations”. */
export function toRow(shown: Connection, record: StoredConnection, model: AppModel | null, calls: readonly Activity[]): ConnectionRow {
  return { ...shown, lastUsedAt: calls[0]?.at ?? null, usedBy: usersOf(usesThrough(record, model)) }
}

/** “View access”: each permission in plain words, whether it was given, and what needs it. */
export function toPermissions(record: StoredConnection, connector: Tool, model: AppModel | null): Access['permissions'] {
  const uses = usesThrough(record, model)
  const needing = (scope: string) => uses.filter(({ action }) => connector.actions[action]?.scopes.includes(scope))
  const needed = uses.flatMap(({ action }) => connector.actions[action]?.scopes ?? [])
  // A scope that another one stands for is not shown twice.
  const implied = new Set(record.scopes.flatMap(scope => connector.provider.impliedScopes?.[scope] ?? []))
  const shown = record.scopes.filter(scope => !implied.has(scope) || scope in connector.scopes)
  return [...new Set([...shown, ...needed])].map(scope => ({
    scope,
    text: connector.scopes[scope] ?? scope,
    neededBy: usersOf(needing(scope)),
    granted: record.scopes.includes(scope),
  }))
}
