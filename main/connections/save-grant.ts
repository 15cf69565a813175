import { randomUUID } from 'node:crypto'
import type { Facts } from '../../core/addresses.ts'
import type { Account } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Grant } from '../../oauth/grant.ts'
import { grantNotes } from './grant-notes.ts'
import type { Counterpart } from './parties.ts'
import type { ConnectionEntry, Registry, StoredConnection } from './registry.ts'
import type { SignInRoom, Wish } from './sign-in.ts'
import { iso } from './token-state.ts'

/** Keeps a fresh grant, whole or not at all: as a new connection, or in the one that holds this account already. */
export async function saveGrant(
  { registry, tokens, now }: SignInRoom,
  wish: Wish,
  party: Counterpart,
  grant: Grant,
  account: Account,
): Promise<{ record: StoredConnection; warning: string | null }> {
  const at = now()
  const idleDays = wish.connector.provider.refreshIdleDays ?? null
  const saved = await tokens.transaction(function* () {
    const before = wish.existing ? registry.get(wish.existing.id) : sameAccount(registry, wish, account, party.facts)
    const id = before?.id ?? wish.existing?.id ?? randomUUID()
    yield* tokens.adopt(id, grant, party.client, { at, idleDays })
    const replaced = registry.edit(draft => enter(draft, registry, id, wish, party, account, iso(at)))
    return { id, before, replaced }
  })
  registry.changes.publish({ appId: wish.appId })
  const record = registry.get(saved.id)
  if (!record) throw new AppError('internal', 'The connection could not be kept. Connect again.')
  return { record, warning: warn(wish, account, grant, saved.before, saved.replaced, at) }
}

/** Writes the connection into the list. Returns the default that it takes the place of. */
function enter(
  draft: Map<string, ConnectionEntry>,
  registry: Registry,
  id: string,
  wish: Wish,
  party: Counterpart,
  account: Account,
  at: string,
): ConnectionEntry | undefined {
  const current = draft.get(id)
  const others = [...draft.values()].filter(each => each.id !== id && each.appId === wish.appId && each.connector === wish.connector.id)
  const replaced = others.find(each => each.isDefault)
  const gives = replaced && (registry.get(replaced.id)?.state === 'disconnected' || (replaced.practice && !wish.practice))
  const isDefault = current?.isDefault || !replaced || gives === true
  if (isDefault && replaced) draft.set(replaced.id, { ...replaced, isDefault: false })
  draft.set(id, {
    ...(current ?? {
      id,
      appId: wish.appId,
      connector: wish.connector.id,
      name: freeName(wish.name ?? account.label, others),
      createdAt: at,
    }),
    ...(wish.followsName && current?.account?.id !== account.id && { name: freeName(account.label, others) }),
    provider: wish.connector.provider.id,
    mode: wish.mode,
    practice: wish.practice,
    isDefault,
    account,
    scopesAsked: [...wish.scopes],
    clientId: party.client.clientId,
    facts: { ...party.facts },
  })
  return isDefault && !current?.isDefault ? replaced : undefined
}

/** Connecting an account a second time renews what is there instead of doubling it. */
function sameAccount(
  registry: Registry,
  { appId, connector, mode, practice }: Wish,
  account: Account,
  facts: Facts,
): StoredConnection | undefined {
  const same = (each: StoredConnection) =>
    each.appId === appId &&
    each.connector === connector.id &&
    each.mode === mode &&
    each.practice === practice &&
    each.account?.id === account.id &&
    // The same person at another site or shop is another account.
    (connector.provider.fields ?? []).every(({ id }) => each.facts[id] === facts[id])
  return registry.all().find(same)
}

function freeName(wanted: string, others: readonly ConnectionEntry[]): string {
  const base = wanted.trim().slice(0, 50) || 'Account'
  const taken = new Set(others.map(({ name }) => name))
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base} ${count}`
    if (!taken.has(name)) return name
  }
}

/** What the user should know although it worked, as one text. */
function warn(
  { connector, existing, scopes }: Wish,
  account: Account,
  grant: Grant,
  before: StoredConnection | undefined,
  replaced: ConnectionEntry | undefined,
  at: number,
): string | null {
  const { name } = connector.provider
  const withheld = scopes.filter(scope => !grant.scopesGranted.includes(scope)).map(scope => connector.scopes[scope] ?? scope)
  const notes = [
    existing?.account &&
      existing.account.id !== account.id &&
      `This is another account than before: ${account.label} instead of ${existing.account.label}.`,
    !existing && before && `${account.label} was connected already; its connection was renewed.`,
    replaced && `The app now uses this account instead of ${replaced.practice ? 'the practice account' : replaced.name}.`,
    withheld.length > 0 && `${name} did not give: ${withheld.join(', ')}.`,
    ...grantNotes(connector.provider, grant, at),
  ]
  return notes.filter(Boolean).join(' ') || null
}
