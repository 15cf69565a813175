import { join } from 'node:path'
import type { Facts } from '../../core/addresses.ts'
import type { Tool } from '../../core/connector.ts'
import type { GrantTold } from '../../core/contract/account-requests.ts'
import type { Taken } from '../../core/contract/shared-accounts.ts'
import { AppError } from '../../core/errors.ts'
import type { AppDatabase } from '../../host/store/database.ts'
import { refresh } from '../../oauth/refresh.ts'
import type { Grant } from '../../oauth/grant.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { Steps } from '../../host/store/engine.ts'
import type { TokenDatabase } from '../../tokens/database.ts'
import { livesOf } from '../../tokens/grant-fields.ts'
import { adoptGrant, dropGrant, forgetGrant, noteGrant } from '../../tokens/grants.ts'
import { enterProcess } from '../../tokens/processes.ts'
import { usualTiming, type Timing } from '../../tokens/timing.ts'
import { createTokens, type HeldToken, type Route } from '../../tokens/tokens.ts'
import type { Kept } from '../relay/accounts.ts'
import type { DesktopCustodian } from '../custody/custody.ts'
import { forgetEntry } from '../custody/record.ts'
import type { Vault } from '../vault/vault.ts'
import { importSecrets } from './legacy.ts'
import type { Parties } from './parties.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { keysAreGone, reasonOf, reconnect, waiting } from './token-state.ts'

export type { Timing }

type Options = {
  home: string
  file: AppDatabase
  database: TokenDatabase
  registry: Registry
  vault: Vault
  parties: Parties
  tools: Readonly<Record<string, Tool>>
  report: (error: AppError) => void
  timing?: Partial<Timing>
  custody: Pick<DesktopCustodian, 'isElsewhere' | 'giveWay' | 'reconnected' | 'bornThere' | 'tookOver' | 'soon'>
}

export type ConnectionTokens = Awaited<ReturnType<typeof openTokens>>

/** The tokens of this home's connections: the protocol of `tokens/` with the vault's key, and its outcomes in the user's words. */
export async function openTokens({ home, file, database, registry, vault, parties, tools, report, timing, custody }: Options) {
  const { sealer } = vault
  const own = await enterProcess(database, { folder: join(home, 'processes'), nodeId: 'desktop', name: `pid ${process.pid}` })

  async function reach(id: string, client: OAuthClient): Promise<Route> {
    const record = registry.get(id)
    const tool = record && tools[record.connector]
    if (!tool) throw new AppError('needs_connection', 'This connection was removed.')
    const party = await parties.forGrant(record.appId, tool, record.practice, client, record.facts)
    const { rotation, refreshIdleDays } = tool.provider
    return {
      rotation: { class: rotation },
      idleDays: refreshIdleDays ?? null,
      async refresh(request) {
        const answer = await refresh({ ...party, ...request })
        if (answer.kind === 'granted') keepFacts(id, answer.grant.facts)
        return answer
      },
    }
  }

  /** A refresh may tell that the account has moved to another address. The tokens that came with it must not be lost for that. */
  function keepFacts(id: string, facts: Facts = {}): void {
    const record = registry.get(id)
    if (!record || Object.entries(facts).every(([name, value]) => record.facts[name] === value)) return
    try {
      registry.change(record.appId, draft => {
        const current = draft.get(id)
        if (current) draft.set(id, { ...current, facts: { ...current.facts, ...facts } })
      })
    } catch (error) {
      report(AppError.from(error))
    }
  }

  const tokens = createTokens({
    database,
    sealer,
    isElsewhere: custody.isElsewhere,
    takeover: { by: 'proof' },
    timing: { ...usualTiming, ...timing },
    process: own,
    reach,
    changed(id) {
      custody.soon(id)
      const appId = registry.get(id)?.appId
      if (appId !== undefined) registry.changes.publish({ appId })
    },
    report,
  })
  let moved: Promise<void> = Promise.resolve()

  return {
    /** Once the vault is open, and what has to come `first` is done: moves what an older version kept in it, and renews what waited for it. */
    unlocked(first: Promise<void>): Promise<void> {
      moved = moved.then(() => first).then(() => importSecrets(file, vault, report))
      return moved.then(() => tokens.wake())
    },

    /** A token that works as far as is known. `rejected` is the generation that met a 401. Errors: unauthorized, unavailable, needs_connection. */
    async fresh(record: StoredConnection, rejected?: number): Promise<HeldToken> {
      await moved
      let access = await tokens.accessToken(record.id, rejected)
      if (access.kind === 'elsewhere' && (await custody.giveWay(record.id))) access = await tokens.accessToken(record.id, rejected)
      const provider = tools[record.connector]?.provider.name ?? record.provider
      switch (access.kind) {
        case 'token':
          return access.token
        case 'ended':
          throw reconnect(record, reasonOf(access.status, provider) ?? (record.sealed === null ? keysAreGone : null))
        case 'waiting':
          throw waiting({ ...record, ...access.status }, provider)
        case 'unreadable':
          throw reconnect(record, keysAreGone)
        case 'elsewhere':
          throw new AppError('unavailable', `“${record.name}” is renewed by another machine at the time.`, { action: { kind: 'retry' } })
        case 'missing':
          throw new AppError('needs_connection', 'This connection was removed.')
      }
    },

    /** What is held now, without renewing. Null when there is nothing or it cannot be opened. */
    held: (record: StoredConnection) => tokens.held(record.id).catch(() => null),

    /** Steps of a transaction: a grant that has just come, its times reckoned from `at`. It is held here from now on. */
    *adopt(id: string, grant: Grant, client: OAuthClient, { at, idleDays }: { at: number; idleDays: number | null }): Steps<void> {
      yield* adoptGrant({ database, sealer }, id, { grant, client, lives: livesOf(grant, at, idleDays) })
      yield* custody.reconnected(id)
    },

    /** Steps of a transaction: a grant that the relay has, and with it the right to use it. */
    *holdElsewhere(id: string, told: GrantTold, kept: Kept): Steps<void> {
      yield* noteGrant(database, id, told)
      yield* custody.bornThere(id, kept)
    },

    /** The same for what was given to the relay by another desktop and is taken over: it comes from there. */
    *takeOver(id: string, scopesGranted: readonly string[], taken: Taken, keyId: string): Steps<void> {
      yield* noteGrant(database, id, { scopesGranted, renewable: true, accessExpiresAt: null })
      yield* custody.tookOver(id, taken, keyId)
    },

    /** Steps of a transaction: another desktop has taken it over, and nothing of it is kept here. */
    *letGo(id: string): Steps<void> {
      yield* forgetGrant(id)
      yield* forgetEntry(id)
    },

    transaction: database.transaction,

    /** Deletes the tokens; the connection stays, disconnected. */
    async disconnect({ id, appId }: StoredConnection): Promise<void> {
      await database.transaction(() => dropGrant(database, id))
      registry.changes.publish({ appId })
    },

    forget: (id: string): Promise<void> => database.transaction(() => forgetGrant(id)),

    close: () => tokens.close(),
  }
}
