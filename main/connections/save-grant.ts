import { randomUUID } from 'node:crypto'
import type { Facts } from '../../core/addresses.ts'
import type { Account } from '../../core/connector.ts'
import type { AccountKeep, GrantTold } from '../../core/contract/account-requests.ts'
import { AppError } from '../../core/errors.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { Counterpart } from '../../oauth/identify.ts'
import type { Kept } from '../relay/accounts.ts'
import { grantNotes } from './grant-notes.ts'
import type { ConnectionEntry, Registry, StoredConnection } from './registry.ts'
import type { SignInRoom, Wish } from './sign-in.ts'
import { iso } from './token-state.ts'

type Saved = { record: StoredConnection; warning: string | null }

/** What a sign-in brought, as far as it may be told. `throughRelay`: with the client of the workspace, which stays on the relay. */
type Arrival = { account: Account; facts: Facts; clientId: string; throughRelay: boolean; grant: GrantTold }

/** Keeps a fresh grant, whole or not at all: as a new connection, or in the one that holds this account already. */
export async function saveGrant(room: SignInRoom, wish: Wish, party: Counterpart, grant: Grant, account: Account): Promise<Saved> {
  const { registry, tokens } = room
  const at = room.now()
  const { scopesGranted, refreshToken, accessExpiresAt, refreshExpiresAt } = grant
  const told = { scopesGranted, renewable: refreshToken !== null, accessExpiresAt, refreshExpiresAt }
  const arrival = { account, facts: party.facts, clientId: party.client.clientId, throughRelay: false, grant: told }
  const idleDays = wish.connector.provider.refreshIdleDays ?? null
  const saved = await tokens.transaction(function* () {
    const place = placeOf(registry, wish, arrival)
    yield* tokens.adopt(place.id, grant, party.client, { at, idleDays })
    return { ...place, replaced: registry.edit(draft => enter(draft, registry, place.id, wish, arrival, iso(at))) }
  })
  return tell(room, wish, arrival, saved, at)
}

/** The same for an account that the relay has, once it has promised by `keep` to hold it. */
export async function saveOnRelay(
  room: SignInRoom,
  wish: Wish,
  { account, facts, clientId, grant }: Omit<Arrival, 'throughRelay'>,
  keep: (as: AccountKeep) => Promise<Kept>,
): Promise<Saved> {
  const { registry, tokens } = room
  const at = room.now()
  const arrival = { account, facts, clientId, grant, throughRelay: true }
  const place = placeOf(registry, wish, arrival)
  const draft = new Map<string, ConnectionEntry>(registry.all().map(each => [each.id, each]))
  enter(draft, registry, place.id, wish, arrival, iso(at))
  const { name = account.label, isDefault = true } = draft.get(place.id) ?? {}
  const kept = await keep({ connectionId: place.id, name, isDefault })
  const replaced = await tokens.transaction(function* () {
    yield* tokens.holdElsewhere(place.id, grant, kept)
    return registry.edit(list => enter(list, registry, place.id, wish, arrival, iso(at)))
  })
  return tell(room, wish, arrival, { ...place, replaced }, at)
}

/** Which connection it becomes: the one to reconnect, or the one that has this account already, or a new one. */
function placeOf(registry: Registry, wish: Wish, { account, facts }: Arrival): { id: string; before: StoredConnection | undefined } {
  const before = wish.existing ? registry.get(wish.existing.id) : sameAccount(registry, wish, account, facts)
  return { id: before?.id ?? wish.existing?.id ?? randomUUID(), before }
}

function tell(
  { registry }: SignInRoom,
  wish: Wish,
  { account, grant }: Arrival,
  { id, before, replaced }: { id: string; before: StoredConnection | undefined; replaced: ConnectionEntry | undefined },
  at: number,
): Saved {
  registry.changes.publish({ appId: wish.appId })
  const record = registry.get(id)
  if (!record) throw new AppError('internal', 'The connection could not be kept. Connect again.')
  return { record, warning: warn(wish, account, grant, before, replaced, at) }
}

/** Writes the connection into the list. Returns the default that it takes the place of. */
function enter(
  draft: Map<string, ConnectionEntry>,
  registry: Registry,
  id: string,
  wish: Wish,
  { account, facts, clientId, throughRelay }: Arrival,
  at: string,
): ConnectionEntry | undefined {
  const current = draft.get(id)
  const others = [...draft.values()].filter(each => each.id !== id && each.appId === wish.appId && each.connector === wish.connector.id)
  // What is shared and what app users bring are apart: each has a default.
  const replaced = others.find(each => each.isDefault && each.mode === wish.mode)
  const old = replaced && registry.get(replaced.id)?.state
  const isOver = old === 'disconnected' || (old === 'needs_reconnect' && replaced?.borrowed !== undefined)
  const gives = replaced && (isOver || (replaced.practice && !wish.practice))
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
    clientId,
    throughRelay,
    facts: { ...facts },
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
    !each.borrowed &&
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
  grant: GrantTold,
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
