import { randomUUID } from 'node:crypto'
import type { Account } from '../../core/connector.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { Counterpart } from './parties.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { readSecret, writeSecret, type Secret } from './secrets.ts'
import type { SignInRoom, Wish } from './sign-in.ts'
import { connectedFields, iso } from './token-state.ts'

/** Keeps a fresh grant: as a new connection, or in the one that holds this account already. */
export async function saveGrant(
  { registry, vault, tokens, now }: SignInRoom,
  wish: Wish,
  party: Counterpart,
  grant: Grant,
  account: Account,
) {
  const record = wish.existing ?? sameAccount(registry, wish, account)
  const id = record?.id ?? randomUUID()
  return tokens.inTurn(id, async () => {
    const before = registry.get(id) ?? null
    const held = before && (await readSecret(vault, id).catch(() => null))
    const secret: Secret = {
      v: 1,
      ...grant,
      grantId: randomUUID(),
      generation: Math.max(before?.generation ?? 0, held?.generation ?? 0) + 1,
      obtainedAt: now(),
      client: party.client,
    }
    tokens.forgetUnsaved(id)
    await writeSecret(vault, id, secret)
    const at = iso(now())
    const outcome = await registry.change(wish.appId, draft => {
      const current = draft.get(id)
      const others = [...draft.values()].filter(each => each.id !== id && each.appId === wish.appId && each.connector === wish.connector.id)
      const replaced = others.find(each => each.isDefault)
      const isDefault = current?.isDefault || !replaced || replaced.state === 'disconnected' || (replaced.practice && !wish.practice)
      if (isDefault && replaced) draft.set(replaced.id, { ...replaced, isDefault: false })
      const next: StoredConnection = {
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
        grantId: secret.grantId,
        ...connectedFields(secret),
        state: 'connected',
        since: at,
      }
      draft.set(id, next)
      return { record: next, replaced: isDefault && !current?.isDefault ? replaced : undefined }
    })
    return { record: outcome.record, warning: warn(wish, account, secret, before, outcome.replaced) }
  })
}

/** Connecting an account a second time renews what is there instead of doubling it. */
function sameAccount(registry: Registry, { appId, connector, mode, practice }: Wish, account: Account): StoredConnection | null {
  const same = (each: StoredConnection) =>
    each.appId === appId &&
    each.connector === connector.id &&
    each.mode === mode &&
    each.practice === practice &&
    each.account?.id === account.id
  return registry.all().find(same) ?? null
}

function freeName(wanted: string, others: readonly StoredConnection[]): string {
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
  secret: Secret,
  before: StoredConnection | null,
  replaced: StoredConnection | undefined,
): string | null {
  const { name } = connector.provider
  const withheld = scopes.filter(scope => !secret.scopesGranted.includes(scope)).map(scope => connector.scopes[scope] ?? scope)
  const notes = [
    existing?.account &&
      existing.account.id !== account.id &&
      `This is another account than before: ${account.label} instead of ${existing.account.label}.`,
    !existing && before && `${account.label} was connected already; its connection was renewed.`,
    replaced && `The app now uses this account instead of ${replaced.practice ? 'the practice account' : replaced.name}.`,
    withheld.length > 0 && `${name} did not give: ${withheld.join(', ')}.`,
    secret.refreshToken === null &&
      secret.accessExpiresAt !== null &&
      `${name} gave no lasting access: connect again when it ends on ${iso(secret.accessExpiresAt).slice(0, 16).replace('T', ' at ')} UTC.`,
  ]
  return notes.filter(Boolean).join(' ') || null
}
