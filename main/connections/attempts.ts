import type { InferContractRouterInputs } from '@orpc/contract'
import type { z } from 'zod'
import type { Catalogue } from '../../connectors/catalogue.ts'
import type { AppModel } from '../../core/app/model.ts'
import { usesOf } from '../../core/app/uses.ts'
import type { Connection } from '../../core/connection.ts'
import type { connectEvent, MainContract } from '../../core/contract/main.ts'
import { AppError } from '../../core/errors.ts'
import type { RelayAccounts } from '../relay/accounts.ts'
import { isVaultOpen, type Vault } from '../vault/vault.ts'
import type { OAuthClients } from './clients.ts'
import { endable } from './endable.ts'
import type { Parties } from './parties.ts'
import type { Records } from './records.ts'
import type { StoredConnection } from './registry.ts'
import { signIn, type SignInRoom } from './sign-in.ts'
import { signInThroughRelay } from './through-relay.ts'

export type ConnectInput = InferContractRouterInputs<MainContract>['connections']['connect']
export type ConnectEvent = z.infer<typeof connectEvent>

type Options = {
  catalogue: Catalogue
  vault: Vault
  records: Pick<Records, 'find'>
  clients: OAuthClients
  parties: Parties
  accounts: RelayAccounts
  room: SignInRoom
  /** The id by which the relay knows an app. */
  relayIdOf(appId: string): Promise<string>
  modelOf(appId: string): AppModel | null
  show(record: StoredConnection): Connection
  /** A sign-in was kept. */
  saved(record: StoredConnection): void
}

export type Attempts = ReturnType<typeof createAttempts>

/** Sign-ins: one at a time for each connector of an app. */
export function createAttempts({ catalogue, vault, records, clients, parties, accounts, room, relayIdOf, modelOf, show, saved }: Options) {
  const underWay = new Map<string, AbortController>()

  async function* attempt(input: ConnectInput, signal: AbortSignal): AsyncGenerator<ConnectEvent, void> {
    const connector = await catalogue.load(input.connector)
    const named = input.connectionId === undefined ? null : records.find(input.connectionId)
    if (named && (named.appId !== input.appId || named.connector !== connector.id))
      throw new AppError('validation', `“${named.name}” belongs to another app or tool.`)
    // Asked before the browser opens: a grant that cannot be kept would be lost.
    if (!isVaultOpen(vault)) throw new AppError('unauthorized', vault.status().message, { action: { kind: 'unlock' } })
    // What others share through the relay stays theirs: an account of one's own stands beside it.
    const existing = named?.borrowed ? null : named
    const isPractice = input.practice ?? named?.practice ?? false
    const wish = {
      appId: input.appId,
      connector,
      mode: named?.mode ?? input.mode ?? 'shared',
      practice: isPractice,
      scopes: [...new Set([...connector.identityScopes, ...(named?.scopesAsked ?? []), ...input.scopes])],
      existing,
      followsName: existing !== null && isNamedAfterAccount(existing, modelOf(existing.appId)),
      name: input.name,
    } as const
    const answers = { ...named?.facts, ...input.answers }
    const isThroughRelay = !isPractice && (await clients.isThroughRelay(connector.provider, existing?.throughRelay ?? false))
    const events = isThroughRelay
      ? signInThroughRelay(
          { ...room, accounts, relayIdOf },
          wish,
          { appName: modelOf(input.appId)?.config.name ?? input.appId, answers },
          signal,
        )
      : signIn(room, wish, await parties.forSignIn(input.appId, connector, isPractice, answers), signal)
    for await (const event of events) {
      if (event.type === 'saved') saved(event.record)
      yield event.type === 'saved' ? { type: 'connected', connection: show(event.record), warning: event.warning } : event
    }
  }

  return {
    /**
     * Yields `opened`, `exchanging`, `choose` when it is another account than the one in use, and `connected`. Ending the iterator, or
     * `signal`, cancels. The newest counts: the one before ends as cancelled.
     */
    connect(input: ConnectInput, signal?: AbortSignal): AsyncGenerator<ConnectEvent, void> {
      const key = `${input.appId}/${input.connector}`
      underWay.get(key)?.abort(new AppError('cancelled', 'You started to connect again, so this attempt ended.'))
      const own = new AbortController()
      underWay.set(key, own)
      const over = () => void (underWay.get(key) === own && underWay.delete(key))
      return endable(attempt(input, signal ? AbortSignal.any([signal, own.signal]) : own.signal), own, over)
    },
    close(): void {
      for (const each of underWay.values()) each.abort()
    },
  }
}

/** The user has not named it and no flow calls it by its name: another account may bring its own. */
const isNamedAfterAccount = ({ name, connector, account }: StoredConnection, model: AppModel | null): boolean =>
  name === account?.label && !(model ? usesOf(model) : []).some(use => use.connector === connector && use.connection === name)
