import type { RelayAccount } from '../../core/contract/shared-accounts.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { SharedAccounts } from '../relay/shared-accounts.ts'
import type { HeldToken } from '../../tokens/tokens.ts'
import type { Borrowed } from './borrowed.ts'
import type { ConnectionEntry, Registry } from './registry.ts'
import { iso } from './token-state.ts'
import type { ConnectionTokens } from './tokens.ts'

/** How old what is known may be where someone looks at it, and where nobody does. */
const freshMs = 10_000
const roundMs = 10 * 60_000

type Options = {
  registry: Registry
  relay: SharedAccounts
  tokens: Pick<ConnectionTokens, 'transaction' | 'takeOver' | 'letGo'>
  tools: Readonly<Record<string, Tool>>
  /** The apps that are on this computer, by the id that the relay has for each. */
  appsHere(): Promise<ReadonlyMap<string, string>>
  desktopId(): Promise<string>
  /** The practice service that this desktop uses. Null: a process of its own, whose accounts nobody else has. */
  practiceService(): Promise<string | null>
  now: () => number
}

/** The relay that is asked, and the practice service of this desktop. */
type Here = { relay: string; service: string | null }

export type SharedHere = ReturnType<typeof createSharedHere>

/**
 * The accounts that other desktops, of this member or of others, have given to the relay for the apps that are here: they stand in the list as
 * borrowed, and calls go through them with tokens that the relay lends. While it cannot be asked, what was known stays.
 */
export function createSharedHere({ registry, relay, tokens, tools, appsHere, desktopId, practiceService, now }: Options) {
  let lookedAt = -Infinity
  let looking: Promise<void> | null = null

  async function lookNow(): Promise<void> {
    const found = await relay.list()
    if (!found) return
    const apps = await appsHere()
    const there = found.accounts.flatMap(each => {
      const appId = apps.get(each.appId)
      return appId === undefined ? [] : [{ ...each, appId }]
    })
    const service = there.some(({ practice }) => practice) ? await practiceService().catch(() => null) : null
    const known = registry.all().flatMap(each => (each.borrowed || each.takenBy !== null ? [each.appId] : []))
    for (const appId of new Set([...there.map(each => each.appId), ...known])) {
      const accounts = there.filter(each => each.appId === appId)
      const changed = await tokens.transaction(function* () {
        // This desktop had given it, and another one has taken it over: here it is like any other from now on.
        const passedOn = accounts.filter(({ connectionId }) => (registry.get(connectionId)?.takenBy ?? null) !== null)
        for (const { connectionId } of passedOn) yield* tokens.letGo(connectionId)
        const isTheirs = (entry: ConnectionEntry) => !!entry.borrowed || passedOn.some(each => each.connectionId === entry.id)
        return registry.edit(draft => enter(draft, appId, accounts, { relay: found.relay, service, isTheirs }))
      })
      if (changed) registry.changes.publish({ appId })
    }
    lookedAt = now()
  }

  /** Brings the list in step with the relay. Whoever comes meanwhile waits for the same answer. Errors: why the relay could not be asked. */
  const look = (): Promise<void> => (looking ??= lookNow().finally(() => (looking = null)))

  /** True when anything changed. */
  function enter(
    draft: Map<string, ConnectionEntry>,
    appId: string,
    accounts: readonly RelayAccount[],
    { isTheirs, ...here }: Here & { isTheirs(entry: ConnectionEntry): boolean },
  ): boolean {
    const before = JSON.stringify([...draft])
    const there = new Set(accounts.map(({ connectionId }) => connectionId))
    for (const entry of draft.values()) if (entry.borrowed && entry.appId === appId && !there.has(entry.id)) drop(draft, entry)
    for (const each of accounts) {
      const tool = tools[each.connector]
      const current = draft.get(each.connectionId)
      if (!tool || (current && !isTheirs(current))) continue
      draft.set(each.connectionId, entryOf(each, tool, current, draft, here))
    }
    return JSON.stringify([...draft]) !== before
  }

  const rounds = setInterval(() => void look().catch(() => {}), roundMs).unref()

  return {
    look,
    /** The same where an older answer will do, and a relay that is away is no hindrance. */
    lookIfOld: (): Promise<void> => (now() - lookedAt < freshMs ? Promise.resolve() : look().catch(() => {})),

    /** A token that the relay lends. Errors: the relay's own: `forbidden`, `needs_connection`, `unauthorized`, `unavailable`. */
    async token(connectionId: string, rejected?: number): Promise<HeldToken> {
      return relay.token(connectionId, rejected).catch((error: unknown) => {
        if (AppError.from(error).code !== 'not_found') throw error
        throw new AppError('needs_connection', 'This account is not on the relay any more. Connect one here.')
      })
    },

    /** From now on this desktop alone speaks of its custody, and may take it back. Errors: why it may not, or cannot now. */
    async takeOver(connectionId: string): Promise<void> {
      const { keyId, ...taken } = await relay.take(connectionId, await desktopId())
      relay.forget(connectionId)
      const appId = await tokens.transaction(function* () {
        const record = registry.get(connectionId)
        if (!record?.borrowed) return null
        yield* tokens.takeOver(connectionId, record.borrowed.scopes, taken, keyId)
        registry.edit(draft => {
          const current = draft.get(connectionId)
          if (current) draft.set(connectionId, { ...current, borrowed: undefined })
        })
        return record.appId
      })
      if (appId !== null) registry.changes.publish({ appId })
    },

    close: () => clearInterval(rounds),
  }
}

function entryOf(
  shared: RelayAccount,
  { provider }: Tool,
  current: ConnectionEntry | undefined,
  draft: ReadonlyMap<string, ConnectionEntry>,
  here: Here,
): ConnectionEntry {
  const { connectionId: id, appId, connector, name, mode, practice, account, facts, scopes } = shared
  const isFree = ![...draft.values()].some(
    each => each.id !== id && each.appId === appId && each.connector === connector && each.mode === mode && each.isDefault,
  )
  return {
    id,
    appId,
    connector,
    provider: provider.id,
    name,
    mode,
    practice,
    account,
    facts,
    // Which one is used here, whoever sits here may have said.
    isDefault: current?.isDefault ?? (shared.isDefault && isFree),
    createdAt: iso(shared.since),
    scopesAsked: scopes,
    clientId: '',
    throughRelay: false,
    borrowed: borrowedOf(shared, here),
  }
}

const borrowedOf = (
  { givenBy, since, mayTake, state, reason, scopes, practice, practiceAt }: RelayAccount,
  { relay, service }: Here,
): Borrowed => ({
  by: givenBy,
  at: iso(since),
  relay,
  // A practice account stays where it is.
  mayTake: mayTake && (!practice || (service !== null && practiceAt?.service === service)),
  state,
  reason,
  scopes,
  ...(practiceAt && { practiceAt }),
})

/** Another account of the tool takes its place. */
function drop(draft: Map<string, ConnectionEntry>, { id, appId, connector, mode, isDefault }: ConnectionEntry): void {
  draft.delete(id)
  const next = [...draft.values()].find(each => each.appId === appId && each.connector === connector && each.mode === mode)
  if (isDefault && next) draft.set(next.id, { ...next, isDefault: true })
}
