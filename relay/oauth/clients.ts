import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Provider } from '../../core/provider.ts'
import type { Database } from '../../host/store/engine.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { Audit } from '../audit/audit.ts'
import type { Envelope } from '../keys/envelope.ts'
import { demand, type Member } from '../members/roles.ts'

/** An OAuth client as it may be shown. `savedAt` is epoch ms. */
export type WorkspaceClient = { provider: string; clientId: string; hasSecret: boolean; savedBy: string; savedAt: number }

export type NewClient = { provider: string; clientId: string; clientSecret?: string }

/** The OAuth clients of a workspace, one current for each provider. Everyone who connects an account through the relay uses them. */
export type Clients = {
  list(workspaceId: string): Promise<WorkspaceClient[]>
  /**
   * The client with its secret: the current one, or that of an id, which may be an earlier one. Null: there is none, or its secret cannot be
   * opened with the keys at hand.
   */
  of(workspaceId: string, provider: Provider, clientId?: string): Promise<OAuthClient | null>
  /**
   * Makes a client the current one. Without a secret the one that was saved with the same id stays. Earlier clients go on serving what was
   * connected with them. Errors: `forbidden`, `validation`, `not_found`.
   */
  save(actor: Member, client: NewClient, ip: string | null): Promise<void>
  /** Removes the client, also the earlier ones: nothing that was connected with them is renewed any more. Errors: `forbidden`, `not_found`. */
  remove(actor: Member, provider: string, ip: string | null): Promise<void>
}

type Ground = { database: Database; envelope: Envelope; audit: Audit; providers: ReadonlyMap<string, Provider>; now: () => number }

/** A secret opens for no other client. */
const secretContext = (provider: string, clientId: string): string => JSON.stringify(['oauth-client', provider, clientId])

export function createClients({ database, envelope, audit, providers, now }: Ground): Clients {
  function find(id: string): Provider {
    const provider = providers.get(id)
    if (!provider) throw new AppError('not_found', `Plugboard knows no provider called ${id}.`)
    return provider
  }

  return {
    async list(workspaceId) {
      const rows = await database.query(
        sql`select provider, client_id, secret, saved_by, saved_at from oauth_clients where workspace_id = ${workspaceId} and is_current = 1
          order by provider`,
      )
      return rows.map(row => ({
        provider: String(row['provider']),
        clientId: String(row['client_id']),
        hasSecret: row['secret'] !== null,
        savedBy: String(row['saved_by']),
        savedAt: Number(row['saved_at']),
      }))
    },

    async of(workspaceId, { id }, wanted) {
      const which = wanted === undefined ? sql`is_current = 1` : sql`client_id = ${wanted}`
      const [row] = await database.query(
        sql`select client_id, secret from oauth_clients where workspace_id = ${workspaceId} and provider = ${id} and ${which}`,
      )
      if (!row) return null
      const clientId = String(row['client_id'])
      if (row['secret'] === null) return { clientId }
      const clientSecret = await envelope.open(workspaceId, secretContext(id, clientId), String(row['secret']))
      return clientSecret === null ? null : { clientId, clientSecret }
    },

    async save(actor, { provider: id, clientId, clientSecret }, ip) {
      demand(actor, 'clients.change')
      const { workspaceId, userId } = actor
      const provider = find(id)
      const sealed = clientSecret ? await envelope.seal(workspaceId, secretContext(id, clientId), clientSecret) : null
      await database.transaction(function* () {
        yield* database.lock(`oauth-client ${workspaceId} ${id}`)
        const [before] = yield sql`select secret from oauth_clients
          where workspace_id = ${workspaceId} and provider = ${id} and client_id = ${clientId}`
        const secret = sealed ?? before?.['secret'] ?? null
        if (provider.secretRequired && secret === null)
          throw new AppError('validation', `${provider.name} needs the client secret too. Copy it from the page where you made the client.`)
        yield sql`update oauth_clients set is_current = 0 where workspace_id = ${workspaceId} and provider = ${id}`
        yield sql`insert into oauth_clients (workspace_id, provider, client_id, secret, is_current, saved_by, saved_at)
          values (${workspaceId}, ${id}, ${clientId}, ${secret}, 1, ${userId}, ${now()})
          on conflict (workspace_id, provider, client_id) do update set secret = excluded.secret, is_current = 1,
            saved_by = excluded.saved_by, saved_at = excluded.saved_at`
        yield* audit.note({ workspaceId, actor: userId, action: 'client.saved', subject: provider.name, detail: clientId, ip })
      })
    },

    async remove(actor, id, ip) {
      demand(actor, 'clients.change')
      const { workspaceId, userId } = actor
      const provider = find(id)
      await database.transaction(function* () {
        const rows =
          yield sql`delete from oauth_clients where workspace_id = ${workspaceId} and provider = ${id} returning client_id, is_current`
        const row = rows.find(each => each['is_current'] === 1)
        if (!row) throw new AppError('not_found', `There is no OAuth client for ${provider.name} any more. Load the page again.`)
        const detail = String(row['client_id'])
        yield* audit.note({ workspaceId, actor: userId, action: 'client.removed', subject: provider.name, detail, ip })
      })
    },
  }
}
