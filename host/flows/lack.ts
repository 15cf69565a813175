import { tools } from '../../connectors/catalogue.ts'
import type { Need } from '../../core/app/uses.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import { AppError, type ErrorAction } from '../../core/errors.ts'
import { missingScopes } from '../../core/scopes.ts'

/**
 * The first thing that keeps these calls from being made, as the sentence that a waiting run shows and the one action that ends it. All
 * that one account has to be allowed is asked for at once. Null when nothing is missing.
 */
export function lackOf(needs: readonly Need[], accounts: readonly HeldAccount[]): AppError | null {
  const wanted = new Map<HeldAccount, Need[]>()
  for (const need of needs) {
    const account = accountFor(need, accounts)
    if (!account) return noAccount(need)
    wanted.set(account, [...(wanted.get(account) ?? []), need])
  }
  for (const [account, uses] of wanted) {
    const lack = stateLack(account) ?? scopeLack(account, uses)
    if (lack) return lack
  }
  return null
}

/** The one that the step names, else the app's default one for that tool. */
function accountFor({ connector, connection }: Need, accounts: readonly HeldAccount[]): HeldAccount | undefined {
  return accounts.find(
    account =>
      account.connector === connector &&
      (connection === undefined ? account.isDefault : account.name === connection || account.id === connection),
  )
}

function noAccount({ connector, connection }: Need): AppError {
  const missing = connection === undefined ? nameOf(connector) : `an account of ${nameOf(connector)} called “${connection}”`
  return new AppError('needs_connection', `Waits for ${missing} to be connected.`, { action: { kind: 'connect', connector } })
}

function stateLack({ id, connector, name, state }: HeldAccount): AppError | null {
  switch (state) {
    case 'connected':
    // Its provider cannot be reached for a while: that passes without a person.
    case 'retrying':
      return null
    case 'locked':
      return new AppError('unauthorized', 'Waits until your sign-ins are unlocked.', { action: { kind: 'unlock' } })
    case 'needs_reconnect':
    case 'disconnected':
      return new AppError('needs_connection', `Waits for “${name}” (${nameOf(connector)}) to be connected again.`, {
        action: { kind: 'reconnect', connectionId: id },
      })
  }
}

function scopeLack({ id, connector, scopesGranted }: HeldAccount, uses: readonly Need[]): AppError | null {
  const known = tools[connector]
  if (!known) return null
  const needed = uses.flatMap(({ action }) => known.actions[action]?.scopes ?? [])
  const scopes = [...new Set(missingScopes(known.provider, scopesGranted, needed))]
  if (scopes.length === 0) return null
  const words = scopes.map(scope => known.scopes[scope] ?? scope).join('; ')
  return new AppError('needs_scopes', `Waits until ${known.name} is allowed to do this: ${words}.`, {
    action: { kind: 'grant', connectionId: id, scopes },
  })
}

/** Changes when what the action asks for may have been done: a new consent, another state, another default account. */
export function markOf(accounts: readonly HeldAccount[], action: ErrorAction | undefined): string {
  const concerned = accounts.filter(({ id, connector }) => {
    if (action?.kind === 'reconnect' || action?.kind === 'grant') return id === action.connectionId
    return action?.kind !== 'connect' || connector === action.connector
  })
  return JSON.stringify(concerned.map(({ id, state, since, isDefault, scopesGranted }) => [id, state, since, isDefault, scopesGranted]))
}

const nameOf = (connector: string): string => tools[connector]?.name ?? connector
