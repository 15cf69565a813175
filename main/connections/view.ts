import type { InferContractRouterOutputs } from '@orpc/contract'
import type { AppModel } from '../../core/app/model.ts'
import { usesOf, type Use } from '../../core/app/uses.ts'
import type { Activity, Connection } from '../../core/connection.ts'
import type { Connector } from '../../core/connector.ts'
import type { MainContract } from '../../core/contract/main.ts'
import type { Vault } from '../vault/vault.ts'
import type { StoredConnection } from './registry.ts'
import { secretId } from './secrets.ts'

type Outputs = InferContractRouterOutputs<MainContract>['connections']
export type ConnectionRow = Outputs['list'][number]
export type Access = Outputs['access']
export type Disconnected = Outputs['disconnect']

/** A connection as the user sees it: its own state, unless the vault has something to say. */
export function toConnection(record: StoredConnection, vault: Vault): Connection {
  const {
    scopesAsked: _asked,
    clientId: _client,
    grantId: _grant,
    generation: _generation,
    attempt: _attempt,
    answerLost: _lost,
    failures: _failures,
    ...shown
  } = record
  return { ...shown, ...vaultState(record, vault) }
}

function vaultState({ id, state }: StoredConnection, vault: Vault): Pick<Connection, 'state'> & { reason?: string } {
  if (state !== 'connected' && state !== 'retrying') return { state }
  const { protection, message } = vault.status()
  if (protection === 'locked') return { state: 'locked', reason: message }
  if (vault.lockedIds().includes(secretId(id)))
    return { state: 'locked', reason: 'It is sealed with a key that is not on this computer any more.' }
  if (!vault.ids().includes(secretId(id))) return { state: 'needs_reconnect', reason: 'Its tokens were kept in memory only and are gone.' }
  return { state }
}

/** The uses of an app that go through this connection: those that name it, and those that name none when it is the default. */
function usesThrough(record: StoredConnection, model: AppModel | null): Use[] {
  return (model ? usesOf(model) : []).filter(
    use =>
      use.connector === record.connector &&
      (use.connection === undefined ? record.isDefault : use.connection === record.name || use.connection === record.id),
  )
}

type User = ConnectionRow['usedBy'][number]

function usersOf(uses: readonly Use[]): User[] {
  const users = new Map(uses.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }]))
  return [...users.values()]
}

/** A row of “My integrations”. */
export function toRow(record: StoredConnection, vault: Vault, model: AppModel | null, calls: readonly Activity[]): ConnectionRow {
  return { ...toConnection(record, vault), lastUsedAt: calls[0]?.at ?? null, usedBy: usersOf(usesThrough(record, model)) }
}

/** “View access”: each permission in plain words, whether it was given, and what needs it. */
export function toPermissions(record: StoredConnection, connector: Connector, model: AppModel | null): Access['permissions'] {
  const uses = usesThrough(record, model)
  const needing = (scope: string) => uses.filter(({ action }) => connector.actions[action]?.scopes.includes(scope))
  const needed = uses.flatMap(({ action }) => connector.actions[action]?.scopes ?? [])
  // A scope that another one stands for is not shown twice.
  const implied = new Set(record.scopesGranted.flatMap(scope => connector.provider.impliedScopes?.[scope] ?? []))
  const shown = record.scopesGranted.filter(scope => !implied.has(scope) || scope in connector.scopes)
  return [...new Set([...shown, ...needed])].map(scope => ({
    scope,
    text: connector.scopes[scope] ?? scope,
    neededBy: usersOf(needing(scope)),
    granted: record.scopesGranted.includes(scope),
  }))
}
