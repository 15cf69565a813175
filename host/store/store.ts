import { sql } from 'kysely'
import type { Entity } from '../../core/app/entity.ts'
import { AppError } from '../../core/errors.ts'
import type { Access } from './access.ts'
import { createOutbox, dropChanges, type Author, type Change } from './changes.ts'
import type { Engine } from './engine.ts'
import { followChanges } from './follow-changes.ts'
import { createIds } from './record-id.ts'
import { createRecords, type Defined, type Records } from './records.ts'

export type { Author, Change } from './changes.ts'
export type { Page, Records } from './records.ts'
export type { PageQuery, Query } from './query.ts'

/** The records of an app. */
export type Store = {
  /** Makes what these entities need. Never drops: an entity that goes from the app's files keeps its records for when it returns. */
  define(entities: readonly Entity[]): Promise<void>
  /** `not_found` at the first use when the app has no such entity. `author` is noted with each change. Without `access`, all of them. */
  records(entity: string, author?: Author, access?: Access): Records
  /** How many records each entity has. */
  counts(): Promise<Record<string, number>>
  /** Called after each commit, in order; on a database of many processes also for what others commit, and soon after. Returns how to stop. */
  onCommit(listener: (change: Change) => void): () => void
  /** Drops changes that are older than an hour and that flows have read up to `upToSeq`. */
  prune(upToSeq: number): Promise<void>
  /** Waits for writes under way. Later ones are refused, and listeners hear no more; the database stays open for the rooms that share it. */
  close(): Promise<void>
}

const keepChangesMs = 60 * 60 * 1000

/** Opens the records in an app's database. `report` hears what listeners throw: a commit stands whatever they do. */
export function openStore(
  engine: Engine,
  { now = Date.now, report = () => {} }: { now?: () => number; report?: (error: AppError) => void } = {},
): Store {
  const newId = createIds(now)
  const listeners = new Set<(change: Change) => void>()
  let defined = new Map<string, Defined>()
  const writes = new Set<Promise<unknown>>()
  let isOpen = true
  const { peers } = engine
  const follower = peers && followChanges({ database: engine, peers, tell, report })

  function find(name: string): Defined {
    if (!isOpen) throw new AppError('unavailable', 'This app was closed. Open it again.')
    const found = defined.get(name)
    if (!found) throw new AppError('not_found', `This app has no entity named “${name}”.`)
    return found
  }

  /** The engine, of which `close` knows what is under way. */
  const tracked: Engine = {
    ...engine,
    async transaction(work, options) {
      const write = engine.transaction(work, options)
      writes.add(write)
      try {
        return await write
      } finally {
        writes.delete(write)
      }
    },
  }

  function committed(changes: Change[]): void {
    // What this process and others commit has one order, and it is the follower who knows it.
    if (!follower) return changes.forEach(tell)
    follower.look()
    peers?.wake()
  }

  function tell(change: Change): void {
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        report(AppError.from(error))
      }
    }
  }

  return {
    async define(entities) {
      await createOutbox(engine)
      await follower?.start()
      defined = await engine.transaction(function* () {
        yield* engine.lock('tables')
        const next = new Map<string, Defined>()
        const there = yield* engine.tablesThere(entities.filter(({ name }) => !defined.has(name)).map(({ name }) => engine.tableOf(name)))
        for (const entity of entities) {
          const table = engine.tableOf(entity.name)
          const indexed = defined.get(entity.name)?.indexed ?? there.get(table)
          if (!indexed) yield* engine.createTable(table)
          next.set(entity.name, { entity, table, indexed: indexed ?? new Set() })
        }
        return next
      })
    },
    records: (name, author, access) =>
      createRecords({ engine: tracked, find: () => find(name), author: author ?? null, access: access ?? null, now, newId, committed }),
    async counts() {
      const names = [...defined.keys()]
      const rows = await Promise.all(names.map(name => engine.query(sql`select count(*) as count from ${sql.id(find(name).table)}`)))
      return Object.fromEntries(names.map((name, index) => [name, Number(rows[index]?.[0]?.count)]))
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async prune(upToSeq) {
      const before = new Date(now() - keepChangesMs).toISOString()
      await engine.transaction(() => dropChanges(upToSeq, before))
    },
    async close() {
      isOpen = false
      await Promise.allSettled(writes)
      listeners.clear()
      await follower?.stop()
    },
  }
}
