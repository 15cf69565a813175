import type { Catalogue } from '../../connectors/catalogue.ts'
import { connectorFacts } from '../../connectors/facts.ts'
import { fieldsOf } from '../../core/addresses.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { Activity, Connection } from '../../core/connection.ts'
import { AppError } from '../../core/errors.ts'
import { sqliteTokens } from '../../tokens/sqlite.ts'
import { usualTiming } from '../../tokens/timing.ts'
import type { Practice } from '../../practice/practice.ts'
import { createCustody, type CustodyTiming } from '../custody/custody.ts'
import { createRelayAccounts } from '../relay/accounts.ts'
import type { RelayTokens } from '../relay/session.ts'
import { createSharedAccounts } from '../relay/shared-accounts.ts'
import { isVaultOpen, type Vault } from '../vault/vault.ts'
import { createAttempts } from './attempts.ts'
import { createClients } from './clients.ts'
import { openConnectionsFile } from './connections-file.ts'
import { createCredentials } from './credentials.ts'
import { disconnectRecord, sharesGrant } from './disconnect.ts'
import { openLately, type AccountEvent } from './lately.ts'
import { importList } from './legacy.ts'
import { createParties } from './parties.ts'
import { createQuestions } from './questions.ts'
import { createRecords } from './records.ts'
import { openRegistry, type StoredConnection } from './registry.ts'
import { createSharedHere } from './shared-here.ts'
import { openTokens, type Timing } from './tokens.ts'
import { describe, toConnection, toPermissions, toRow, type Access, type ConnectionRow } from './view.ts'
import { createWhereabouts } from './whereabouts.ts'

export type { ConnectEvent, ConnectInput } from './attempts.ts'

export type ConnectionsOptions = {
  home: string
  vault: Vault
  catalogue: Catalogue
  practice: Practice
  /** Opens the provider's page. The `serve` shell's own page does it, so nothing happens there. */
  openBrowser(url: string): Promise<void> | void
  modelOf(appId: string): AppModel | null
  /** The apps that are on this computer, by the id that the relay has for each. */
  appsHere(): Promise<ReadonlyMap<string, string>>
  /** The last calls through a connection, newest first. */
  activity(appId: string, connectionId: string): Promise<Activity[]>
  report(error: AppError): void
  now?: () => number
  /** How long a user may take in the browser. */
  signInLimitMs?: number
  timing?: Partial<Timing>
  /** Requests to the relay that this desktop is signed in to. */
  relay: Pick<RelayTokens, 'read' | 'request'>
  /** The id by which that relay knows an app. */
  relayIdOf(appId: string): Promise<string>
  custodyTiming?: Partial<CustodyTiming>
}

export type Connections = Awaited<ReturnType<typeof createConnections>>

/**
 * The accounts of apps: connecting, disconnecting, naming, what they may do and who uses them, and the tokens that the host asks for.
 * What procedures take and give is in `core/contract/main.ts` and `core/contract/credentials.ts`.
 */
export async function createConnections(options: ConnectionsOptions) {
  const { home, vault, catalogue, practice, openBrowser, modelOf, appsHere, relayIdOf, activity, report, signInLimitMs, timing } = options
  const { tools } = catalogue
  const now = options.now ?? Date.now
  const file = openConnectionsFile(home, report)
  const database = sqliteTokens(file, options.now)
  const registry = openRegistry(file)
  const accounts = createRelayAccounts(options.relay, now)
  const clients = createClients({ home, vault, tools, report, workspace: accounts.clients })
  const parties = createParties({ practice, clients })
  const custody = createCustody({
    database,
    sealer: vault.sealer,
    drainMs: timing?.drainMs ?? usualTiming.drainMs,
    relay: options.relay,
    idleDaysOf: id => tools[registry.get(id)?.connector ?? '']?.provider.refreshIdleDays ?? null,
    async describe(id) {
      const record = registry.get(id)
      const tool = record && tools[record.connector]
      const practiceAt = record?.practice && tool ? await practice.place(record.appId, tool.provider) : undefined
      const about = describe(record, practiceAt)
      return about && { ...about, appId: await relayIdOf(about.appId) }
    },
    timing: options.custodyTiming,
    memory: vault.memory,
    now: options.now,
    changed(id) {
      const appId = registry.get(id)?.appId
      if (appId !== undefined) registry.changes.publish({ appId })
      // Taken over by another desktop: it may be the relay's to lend.
      if (registry.get(id)?.takenBy) void sharedHere.look().catch(() => {})
    },
    withdrawn: (id, { message }) => lately.note(id, { tone: 'off', text: message }),
    stays(id) {
      const appId = registry.get(id)?.appId
      if (appId === undefined) return
      registry.change(appId, draft => {
        const current = draft.get(id)
        if (current) draft.set(id, { ...current, throughRelay: true })
      })
    },
  })
  const compare = () => custody.compare(registry.all().map(({ id }) => id))
  if (isVaultOpen(vault)) await compare()
  const tokens = await openTokens({ custody, home, file, database, registry, vault, parties, tools, report, timing })
  importList(home, file, report)
  const lately = openLately({ database: file, registry, tools, now })
  const questions = createQuestions()
  const sharedHere = createSharedHere({
    registry,
    relay: createSharedAccounts(options.relay, now),
    tokens,
    tools,
    appsHere,
    desktopId: custody.desktopId,
    practiceService: practice.serviceId,
    now,
  })
  const records = createRecords(registry, tools)
  const { find, findOwn, toolOf, ofApp } = records
  const show = (record: StoredConnection): Connection =>
    toConnection(record, vault, tools[record.connector]?.provider.name ?? record.provider)
  const { place, ...whereabouts } = createWhereabouts({ records, custody, sharedHere, show })
  const attempts = createAttempts({
    catalogue,
    vault,
    records,
    clients,
    parties,
    accounts,
    relayIdOf,
    modelOf,
    show,
    room: { registry, tokens, questions, openBrowser, now, limitMs: signInLimitMs },
    saved: ({ id }) => custody.soon(id),
  })
  let closed: Promise<void> | undefined

  /** Asks the relay about everything that it holds. */
  function askRelay(): void {
    void custody.start().catch(() => {})
    void sharedHere.look().catch(() => {})
  }

  const useVault = () => (isVaultOpen(vault) ? tokens.unlocked(compare()).then(askRelay) : Promise.resolve())
  const stopWatchingVault = vault.onChange(() => {
    void useVault()
    for (const appId of new Set(registry.all().map(each => each.appId))) registry.changes.publish({ appId })
  })
  await useVault()

  /** A host that is away must not hide the list. */
  const lastCalls = (record: StoredConnection) => activity(record.appId, record.id).catch((): Activity[] => [])

  const list = (appId: string): Promise<ConnectionRow[]> =>
    Promise.all(ofApp(appId).map(async record => toRow(await place(record), record, modelOf(appId), await lastCalls(record))))

  const disconnect = async (connectionId: string) => {
    const record = findOwn(connectionId)
    const { entry } = await custody.standing(connectionId)
    const sharing = sharesGrant(registry, record)
    const done = await disconnectRecord({ registry, parties, tokens }, record, toolOf(record.connector))
    const { turn, role } = entry.state
    if (turn === 0 && role === 'holder') return done
    const isOnRelay = role !== 'holder' && role !== 'offering'
    const told = await custody.disconnect(connectionId, isOnRelay && !sharing)
    if (!isOnRelay || sharing) return done
    return told ?? { ...done, message: 'Disconnected here. The relay, which has the access, takes it back once it can be reached.' }
  }

  async function remove(connectionId: string): Promise<void> {
    const { appId, connector, mode } = find(connectionId)
    await tokens.forget(connectionId)
    registry.change(appId, draft => {
      const wasDefault = draft.get(connectionId)?.isDefault
      draft.delete(connectionId)
      const next = [...draft.values()].find(each => each.appId === appId && each.connector === connector && each.mode === mode)
      if (wasDefault && next) draft.set(next.id, { ...next, isDefault: true })
    })
  }

  return {
    clients,
    list,
    /** The rows of an app now, and again after each change. */
    async *watch(appId: string, signal?: AbortSignal): AsyncGenerator<ConnectionRow[]> {
      void sharedHere.lookIfOld()
      yield* registry.changes.followState(() => list(appId), signal)
    },
    onChange: (listener: (change: { appId: string }) => void): (() => void) => registry.changes.listen(listener),

    /** Every connector with what is needed to connect it. */
    catalogue: () =>
      Promise.all(
        Object.values(tools).map(async tool => ({
          ...connectorFacts(tool),
          practice: practice.supports(tool.provider.id),
          missing: await clients.missing(tool.provider),
          fields: fieldsOf(tool.provider),
        })),
      ),

    connect: attempts.connect,
    choose: questions.choose,

    disconnect,

    ...whereabouts,

    /** Someone has signed in to the relay: what waited for it goes on. */
    relayIsThere: askRelay,

    /** Brings in what others share for the apps that are here: one was just opened from the relay. A relay that is away is asked later. */
    lookForShared: (): Promise<void> => sharedHere.look().catch(() => {}),

    async forget(connectionId: string): Promise<void> {
      const { state, name } = find(connectionId)
      if (state !== 'disconnected') throw new AppError('conflict', `Disconnect “${name}” before you remove it from the list.`)
      await remove(connectionId)
    },

    /** An app was removed: its accounts are disconnected and forgotten. */
    async forgetApp(appId: string): Promise<void> {
      for (const record of ofApp(appId)) {
        if (record.state !== 'disconnected' && !record.borrowed) await disconnect(record.id)
        await remove(record.id)
      }
      lately.forgetApp(appId)
    },

    async rename(connectionId: string, name: string): Promise<void> {
      const record = findOwn(connectionId)
      if (ofApp(record.appId, record.connector).some(each => each.id !== connectionId && each.name === name))
        throw new AppError('conflict', `Another ${toolOf(record.connector).name} connection is called “${name}”. Choose another name.`)
      registry.change(record.appId, draft => {
        const current = draft.get(connectionId)
        if (current) draft.set(connectionId, { ...current, name })
      })
    },

    async setDefault(connectionId: string): Promise<void> {
      const { appId, connector, mode } = find(connectionId)
      registry.change(appId, draft => {
        for (const each of draft.values())
          if (each.appId === appId && each.connector === connector && each.mode === mode)
            draft.set(each.id, { ...each, isDefault: each.id === connectionId })
      })
    },

    /** What happened to the app's accounts, newest first. */
    lately: async (appId: string): Promise<AccountEvent[]> => lately.list(appId),

    async access(connectionId: string): Promise<Access> {
      const record = find(connectionId)
      const permissions = toPermissions(record, toolOf(record.connector), modelOf(record.appId))
      return { permissions, calls: await lastCalls(record), state: show(record).state }
    },

    ...createCredentials({ records, tokens, custody, sharedHere, parties, show }),

    /** Ends sign-ins that are under way and stops trying to renew. Waits a little for answers that are on their way. */
    close: (): Promise<void> => (closed ??= close()),
  }

  async function close(): Promise<void> {
    attempts.close()
    stopWatchingVault()
    sharedHere.close()
    lately.stop()
    await custody.close()
    await tokens.close()
    file.close()
  }
}
