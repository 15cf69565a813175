import { tools } from '../../connectors/catalogue.ts'
import type { Need } from '../../core/app/uses.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import { AppError, type ErrorAction } from '../../core/errors.ts'
import { missingScopes } from '../../core/scopes.ts'

/** Whose accounts they are: shared by all, or one user's own, which only that user can connect. */
type Whose = 'shared' | 'own'

/**
 * The first thing that keeps these calls from being made, as the sentence that a waiting run shows and the one action that ends it. All
 * that one account has to be allowed is asked for at once. Null when nothing is missing.
 */
export function lackOf(needs: readonly Need[], accounts: readonly HeldAccount[], whose: Whose = 'shared'): AppError | null {
  const wanted = new Map<HeldAccount, Need[]>()
  for (const need of needs) {
    const account = accountFor(need, accounts)
    if (!account) return noAccount(need, whose)
    wanted.set(account, [...(wanted.get(account) ?? []), need])
  }
  for (const [account, uses] of wanted) {
    const lack = stateLack(account, whose) ?? scopeLack(account, uses)
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

function noAccount({ connector, connection }: Need, whose: Whose): AppError {
  if (whose === 'own') return ownLack(connector, { kind: 'connect', connector }, 'to be connected')
  const missing = connection === undefined ? nameOf(connector) : `an account of ${nameOf(connector)} called “${connection}”`
  return new AppError('needs_connection', `Waits for ${missing} to be connected.`, { action: { kind: 'connect', connector } })
}

function stateLack({ id, connector, name, state }: HeldAccount, whose: Whose): AppError | null {
  switch (state) {
    case 'connected':
    // Its provider cannot be reached for a while: that passes without a person.
    case 'retrying':
      return null
    case 'locked':
      return new AppError('unauthorized', 'Waits until your sign-ins are unlocked.', { action: { kind: 'unlock' } })
    case 'needs_reconnect':
    case 'disconnected':
      if (whose === 'own') return ownLack(connector, { kind: 'reconnect', connectionId: id }, 'to be connected again')
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

/** Others may read it who do not know that account: it is not named. */
function ownLack(connector: string, action: ErrorAction, forWhat: string): AppError {
  return new AppError('needs_connection', `Waits for the user’s own ${nameOf(connector)} account ${forWhat}.`, { action })
}

/** What keeps a flow from using its user's own accounts: that there is no user, no account, or no agreement to it. */
export function ownLackOf(needs: readonly Need[], flow: string, user: string | null, accounts: readonly HeldAccount[]): AppError | null {
  const [first] = needs
  if (!first) return null
  if (user === null)
    return new AppError(
      'forbidden',
      `${nameOf(first.connector)} is each user’s own account in this app, and no user of the app started this.`,
    )
  const lack = lackOf(needs, accounts, 'own')
  if (lack) return lack
  const asked = accounts.find(({ connector, flows }) => needs.some(need => need.connector === connector) && flows && !flows.includes(flow))
  if (!asked) return null
  return new AppError('needs_connection', `Waits until its user agrees that this flow uses their ${nameOf(asked.connector)} account.`, {
    action: { kind: 'connect', connector: asked.connector },
  })
}

/** Changes when what the action asks for may have been done: a new consent, another state, another default account. */
export function markOf(accounts: readonly HeldAccount[], action: ErrorAction | undefined): string {
  const concerned = accounts.filter(({ id, connector }) => {
    if (action?.kind === 'reconnect' || action?.kind === 'grant') return id === action.connectionId
    return action?.kind !== 'connect' || connector === action.connector
  })
  return JSON.stringify(
    concerned.map(({ id, state, since, isDefault, scopesGranted, flows }) => [id, state, since, isDefault, scopesGranted, flows]),
  )
}

const nameOf = (connector: string): string => tools[connector]?.name ?? connector
