import { sql } from 'kysely'
import type { Catalogue } from '../../connectors/catalogue.ts'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import type { Holder } from '../custody/tokens.ts'
import type { Parties } from '../oauth/parties.ts'
import { findById } from './rows.ts'

type Ground = { database: Database; parties: Pick<Parties, 'forGrant'>; tools: Catalogue['tools'] }

/** The accounts that users connected for themselves, as far as renewing them goes. They are nowhere else, so they are always here. */
export function ownAccountHolder({ database, parties, tools }: Ground): Holder {
  return {
    async find(connectionId) {
      const found = await findById(database, connectionId)
      if (!found) return null
      return {
        workspaceId: found.workspaceId,
        async partyFor(client) {
          const tool = tools[found.connector]
          if (!tool) throw new AppError('not_found', `This relay does not know the tool “${found.connector}”. Update it.`)
          return parties.forGrant(found, tool, client, found.facts)
        },
      }
    },
    *isHere(connectionId) {
      return (yield sql`select 1 as one from own_accounts where connection_id = ${connectionId}`).length > 0
    },
    async keepFacts(connectionId, facts) {
      const found = await findById(database, connectionId)
      if (!found || Object.entries(facts).every(([name, value]) => found.facts[name] === value)) return
      const next = JSON.stringify({ ...found.facts, ...facts })
      await database.query(sql`update own_accounts set facts = ${next} where connection_id = ${connectionId}`)
    },
  }
}
