import { createContext, use } from 'react'
import type { Entity } from '../../core/app/entity.ts'
import type { Disconnected, OwnConnection } from '../../core/contract/own-connections.ts'
import type { OwnConnector, RecordPage } from '../../core/contract/published.ts'
import type { JsonObject } from '../../core/json.ts'

export type RecordQuery = { q: JsonObject | undefined; sort: string | undefined; limit: number; cursor?: string }

/** What pages ask of whoever runs the app. Everything rejects with an AppError: `forbidden`, `unauthorized` (nobody is signed in), `unavailable` … */
export type PagesApi = {
  records: {
    list(entity: string, query: RecordQuery, signal: AbortSignal): Promise<RecordPage>
    get(entity: string, id: string, signal: AbortSignal): Promise<JsonObject>
    create(entity: string, data: JsonObject): Promise<JsonObject>
    update(entity: string, id: string, data: JsonObject): Promise<JsonObject>
    remove(entity: string, id: string): Promise<void>
  }
  connections: {
    list(signal: AbortSignal): Promise<readonly OwnConnection[]>
    /** Where the user signs in, with the answers to what the tool has to know before. It leads back to the page that asked. */
    connect(connector: string, answers: Record<string, string>): Promise<{ authorizationUrl: string }>
    disconnect(connector: string): Promise<Disconnected>
    agree(connector: string, flow: string, agreed: boolean): Promise<void>
  }
}

/** Where one is within a page: at a record of an entity, or at a new one. */
export type Place = { page: string; entity?: string; record?: string }

export type PagesWorld = {
  api: PagesApi
  entities: readonly Entity[]
  /** The tools of which each user brings an account. */
  connectors: readonly OwnConnector[]
  /** Who uses the app. Null: a visitor who is not signed in. */
  user: { name: string; email: string } | null
  hrefOf(place: Place): string
  go(place: Place): void
  /** Where a visitor signs in, to come back to where they are. */
  signInHref(): string
}

const context = createContext<PagesWorld | null>(null)
export const PagesProvider = context.Provider

export function usePages(): PagesWorld {
  const world = use(context)
  if (!world) throw new Error('Pages are drawn within a PagesProvider.')
  return world
}
