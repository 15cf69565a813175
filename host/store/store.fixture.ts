import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entity as entitySchema, type Entity } from '../../core/app/entity.ts'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { openDatabase } from './database.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { openStore } from './store.ts'

export const ticket = entitySchema.parse({
  name: 'Ticket',
  properties: {
    title: { type: 'string', title: 'Title' },
    status: { type: 'string', enum: ['open', 'closed'], default: 'open' },
    priority: { type: 'integer' },
    due: { type: 'string', format: 'date' },
    email: { type: 'string', format: 'email' },
    tags: { type: 'array', items: { type: 'string' } },
    address: { type: 'object', properties: { city: { type: 'string' } } },
  },
  required: ['title'],
})

/** A database file of its own, with a store of these entities. */
export async function openTemporary(entities: Entity[] = [ticket], now?: () => number) {
  const file = join(await mkdtemp(join(tmpdir(), 'store-')), 'app.db')
  const database = openDatabase(file)
  const store = openStore(sqliteEngine(database), now && { now })
  await store.define(entities)
  return { file, database, store, tickets: store.records('Ticket') }
}

/** For `assert.rejects`: an AppError with this code whose sentence has these words. */
export function fails(code: ErrorCode, words: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, words)
    return true
  }
}
