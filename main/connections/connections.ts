import type { InferContractRouterInputs } from '@orpc/contract'
import type { z } from 'zod'
import type { Catalogue } from '../../connectors/catalogue.ts'
import { connectorFacts } from '../../connectors/facts.ts'
import { noSuchConnector } from '../../connectors/load.ts'
import { fieldsOf } from '../../core/addresses.ts'
import type { AppModel } from '../../core/app/model.ts'
import { usesOf } from '../../core/app/uses.ts'
import type { Activity, Connection } from '../../core/connection.ts'
import type { Tool } from '../../core/connector.ts'
import type { Credential, CredentialsContract } from '../../core/contract/credentials.ts'
import type { connectEvent, MainContract } from '../../core/contract/main.ts'
import { AppError } from '../../core/errors.ts'
import { sqliteTokens } from '../../tokens/sqlite.ts'
import type { Practice } from '../practice/practice.ts'
import type { Vault } from '../vault/vault.ts'
import { createClients } from './clients.ts'
import { openConnectionsFile } from './connections-file.ts'
import { disconnectRecord } from './disconnect.ts'
import { importList } from './legacy.ts'
import { createParties } from './parties.ts'
import { createQuestions } from './questions.ts'
import { openLately, type AccountEvent } from './lately.ts'
import { openRegistry, type StoredConnection } from './registry.ts'
import { endable } from './endable.ts'
import { signIn } from './sign-in.ts'
import { iso } from './token-state.ts'
import { openTokens, type Timing } from './tokens.ts'
import { toConnection, toPermissions, toRow, type Access, type ConnectionRow } from './view.ts'

export type ConnectInput = InferContractRouterInputs<MainContract>['connections']['connect']
export type ConnectEvent = z.infer<typeof connectEvent>
type AccessTokenInput = InferContractRouterInputs<CredentialsContract>['accessToken']

export type ConnectionsOptions = {
  home: string
  vault: Vault
  catalogue: Catalogue
  practice: Practice
  /** Opens the provider's page. The `serve` shell's own page does it, so nothing happens there. */
  openBrowser(url: string): Promise<void> | void
  modelOf(appId: string): AppModel | null
  /** The last calls through a connection, newest first. */
  activity(appId: string, connectionId: string): Promise<Activity[]>
  report(error: AppError): void
  now?: () => number
  /** How long a user may take in the browser. */
  signInLimitMs?: number
  timing?: Partial<Timing>
}

export type Connections = Awaited<ReturnType<typeof createConnections>>

/**
 * The accounts of apps: connecting, disconnecting, naming, what they may do and who uses them, and the tokens that the host asks for.
 * What procedures take and give is in `core/contract/main.ts` and `core/contract/credentials.ts`.
 */
export async function createConnections(options: ConnectionsOptions) {
  const { home, vault, catalogue, practice, openBrowser, modelOf, activity, report, signInLimitMs, timing } = options
  const { tools } = catalogue
  const now = options.now ?? Date.now
  const file = openConnectionsFile(home, report)
  const database = sqliteTokens(file, options.now)
  const registry = openRegistry(file)
  const clients = createClients({ home, vault, tools, report })
  const parties = createParties({ practice, clients })
  const tokens = await openTokens({ home, file, database, registry, vault, parties, tools, report, timing })
  importList(home, file, report)
  const lately = openLately({ database: file, registry, tools, now })
  const attempts = new Map<string, AbortController>()
  const questions = createQuestions()
  let closed: Promise<void> | undefined

  const useVault = () => (isOpen(vault) ? tokens.unlocked() : Promise.resolve())
  const stopWatchingVault = vault.onChange(() => {
    void useVault()
    for (const appId of new Set(registry.all().map(each => each.appId))) registry.changes.publish({ appId })
  })
  await useVault()

  function find(connectionId: string): StoredConnection {
    const record = registry.get(connectionId)
    if (!record) throw new AppError('not_found', 'This connection is not there any more.')
    return record
  }

  function toolOf(id: string): Tool {
    const tool = tools[id]
    if (!tool) throw noSuchConnector(id)
    return tool
  }

  const ofApp = (appId: string, connector?: string) =>
    registry.all().filter(each => each.appId === appId && (connector === undefined || each.connector === connector))

  /** A host that is away must not hide the list. */
  const lastCalls = (record: StoredConnection) => activity(record.appId, record.id).catch((): Activity[] => [])

  const show = (record: StoredConnection): Connection =>
    toConnection(record, vault, tools[record.connector]?.provider.name ?? record.provider)

  const list = (appId: string): Promise<ConnectionRow[]> =>
    Promise.all(ofApp(appId).map(async record => toRow(show(record), record, modelOf(appId), await lastCalls(record))))

  async function* attempt(input: ConnectInput, signal: AbortSignal): AsyncGenerator<ConnectEvent, void> {
    const connector = await catalogue.load(input.connector)
    const existing = input.connectionId === undefined ? null : find(input.connectionId)
    if (existing && (existing.appId !== input.appId || existing.connector !== connector.id))
      throw new AppError('validation', `“${existing.name}” belongs to another app or tool.`)
    // Asked before the browser opens: a grant that cannot be kept would be lost.
    if (!isOpen(vault)) throw new AppError('unauthorized', vault.status().message, { action: { kind: 'unlock' } })
    const isPractice = input.practice ?? existing?.practice ?? false
    const wish = {
      appId: input.appId,
      connector,
      mode: existing?.mode ?? input.mode ?? 'shared',
      practice: isPractice,
      scopes: [...new Set([...connector.identityScopes, ...(existing?.scopesAsked ?? []), ...input.scopes])],
      existing,
      followsName: existing !== null && isNamedAfterAccount(existing, modelOf(existing.appId)),
      name: input.name,
    } as const
    const party = await parties.forSignIn(input.appId, connector, isPractice, { ...existing?.facts, ...input.answers })
    for await (const event of signIn({ registry, tokens, questions, openBrowser, now, limitMs: signInLimitMs }, wish, party, signal))
      yield event.type === 'saved' ? { type: 'connected', connection: show(event.record), warning: event.warning } : event
  }

  /** One sign-in at a time for each connector of an app: the newest counts, the one before ends as cancelled. */
  function connect(input: ConnectInput, signal?: AbortSignal): AsyncGenerator<ConnectEvent, void> {
    const key = `${input.appId}/${input.connector}`
    attempts.get(key)?.abort(new AppError('cancelled', 'You started to connect again, so this attempt ended.'))
    const own = new AbortController()
    attempts.set(key, own)
    const over = () => void (attempts.get(key) === own && attempts.delete(key))
    return endable(attempt(input, signal ? AbortSignal.any([signal, own.signal]) : own.signal), own, over)
  }

  const disconnect = async (connectionId: string) => {
    const record = find(connectionId)
    return disconnectRecord({ registry, parties, tokens }, record, toolOf(record.connector))
  }

  async function remove(connectionId: string): Promise<void> {
    const { appId, connector } = find(connectionId)
    await tokens.forget(connectionId)
    registry.change(appId, draft => {
      const wasDefault = draft.get(connectionId)?.isDefault
      draft.delete(connectionId)
      const next = [...draft.values()].find(each => each.appId === appId && each.connector === connector)
      if (wasDefault && next) draft.set(next.id, { ...next, isDefault: true })
    })
  }

  return {
    clients,
    list,
    /** The rows of an app now, and again after each change. */
    async *watch(appId: string, signal?: AbortSignal): AsyncGenerator<ConnectionRow[]> {
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

    /** Yields `opened`, `exchanging`, `choose` when it is another account than the one in use, and `connected`. Ending the iterator, or `signal`, cancels. */
    connect,
    choose: questions.choose,

    disconnect,

    async forget(connectionId: string): Promise<void> {
      const { state, name } = find(connectionId)
      if (state !== 'disconnected') throw new AppError('conflict', `Disconnect “${name}” before you remove it from the list.`)
      await remove(connectionId)
    },

    /** An app was removed: its accounts are disconnected and forgotten. */
    async forgetApp(appId: string): Promise<void> {
      for (const record of ofApp(appId)) {
        if (record.state !== 'disconnected') await disconnect(record.id)
        await remove(record.id)
      }
      lately.forgetApp(appId)
    },

    async rename(connectionId: string, name: string): Promise<void> {
      const record = find(connectionId)
      if (ofApp(record.appId, record.connector).some(each => each.id !== connectionId && each.name === name))
        throw new AppError('conflict', `Another ${toolOf(record.connector).name} connection is called “${name}”. Choose another name.`)
      registry.change(record.appId, draft => {
        const current = draft.get(connectionId)
        if (current) draft.set(connectionId, { ...current, name })
      })
    },

    async setDefault(connectionId: string): Promise<void> {
      const { appId, connector } = find(connectionId)
      registry.change(appId, draft => {
        for (const each of draft.values())
          if (each.appId === appId && each.connector === connector) draft.set(each.id, { ...each, isDefault: each.id === connectionId })
      })
    },

    /** What happened to the app's accounts, newest first. */
    lately: async (appId: string): Promise<AccountEvent[]> => lately.list(appId),

    async access(connectionId: string): Promise<Access> {
      const record = find(connectionId)
      const permissions = toPermissions(record, toolOf(record.connector), modelOf(record.appId))
      return { permissions, calls: await lastCalls(record), state: show(record).state }
    },

    /** A short-lived token for the host. Errors: needs_connection, unauthorized (reconnect or unlock), unavailable. */
    async accessToken({ appId, connector: connectorId, connection, rejected }: AccessTokenInput): Promise<Credential> {
      const tool = toolOf(connectorId)
      const candidates = ofApp(appId, connectorId)
      const record = candidates.find(each =>
        connection === undefined ? each.isDefault : each.name === connection || each.id === connection,
      )
      if (!record)
        throw new AppError(
          'needs_connection',
          connection === undefined ? `Connect ${tool.name} first.` : `No ${tool.name} connection is called “${connection}”.`,
          {
            action: { kind: 'connect', connector: connectorId },
          },
        )
      if (record.state === 'disconnected')
        throw new AppError('needs_connection', `“${record.name}” is disconnected. Connect it again.`, {
          action: { kind: 'reconnect', connectionId: record.id },
        })
      const token = await tokens.fresh(record, rejected?.connectionId === record.id ? rejected.generation : undefined)
      return {
        connectionId: record.id,
        generation: token.generation,
        accessToken: token.accessToken,
        expiresAt: token.accessExpiresAt === null ? null : iso(token.accessExpiresAt),
        scopesGranted: token.scopes,
        account: record.account,
        mode: record.mode,
        facts: record.facts,
        practiceOrigins: record.practice ? await parties.origins(appId, tool) : null,
      }
    },

    /** The connections of an app, for the host to tell what its flows lack. */
    accounts: async (appId: string): Promise<Connection[]> => ofApp(appId).map(show),

    /** Ends sign-ins that are under way and stops trying to renew. Waits a little for answers that are on their way. */
    close: (): Promise<void> => (closed ??= close()),
  }

  async function close(): Promise<void> {
    for (const attempt of attempts.values()) attempt.abort()
    stopWatchingVault()
    lately.stop()
    await tokens.close()
    file.close()
  }
}

/** The user has not named it and no flow calls it by its name: another account may bring its own. */
const isNamedAfterAccount = ({ name, connector, account }: StoredConnection, model: AppModel | null): boolean =>
  name === account?.label && !(model ? usesOf(model) : []).some(use => use.connector === connector && use.connection === name)

const isOpen = (vault: Vault): boolean => !['unset', 'locked'].includes(vault.status().protection)
