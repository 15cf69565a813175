import { createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { ask, type Database, type Row, type Steps } from '../../host/store/engine.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import type { MasterKey, MasterKeys } from './master.ts'
import { idInUse, noteReplaced, wasReplaced } from './replaced.ts'
import { keyBytes, open, seal } from './seal.ts'

/**
 * Envelope encryption at rest: each workspace has data keys of its own, which are kept wrapped under the master key. A sealed text begins
 * with the id of its data key, so that old ones open after a rotation. `context` names the record and column a value belongs to. Errors:
 * `unavailable` for what only the master key that has replaced this node's can open; it is neither lost nor made anew.
 */
export type Envelope = {
  seal(workspaceId: string, context: string, value: string): Promise<string>
  /** Null when the key is lost, the workspace or context is another, or anything was altered. */
  open(workspaceId: string, context: string, sealed: string): Promise<string | null>
  /** The same for the middle of a transaction: with the data keys of the workspace that there are now. */
  sealerOf(workspaceId: string): Promise<Sealer>
  /**
   * Opens all data keys, so that a rotation takes none of them from this node. Returns how many are lost. Errors: `unavailable` when the
   * master key at hand was replaced.
   */
  openAll(): Promise<number>
}

type DataKey = { id: string; bytes: Buffer }

const wrapContext = (id: string, workspaceId: string) => JSON.stringify(['data-key', id, workspaceId])
const valueContext = (workspaceId: string, context: string) => JSON.stringify(['value', workspaceId, context])

/** Until the end of the transaction, nobody else makes a data key or wraps them anew. */
const lockDataKeys = (database: Database): Steps<void> => database.lock('data-keys')

const rowsOf = (workspaceId: string) => sql`select * from data_keys where workspace_id = ${workspaceId} order by created_at desc, id desc`

export function createEnvelope(database: Database, masters: MasterKeys, now: () => number = Date.now): Envelope {
  // Data keys outlive a change of the master key: who has opened one goes on with it.
  const opened = new Map<string, DataKey>()

  function unwrap(row: Row): DataKey | null {
    const id = String(row['id'])
    const known = opened.get(id)
    if (known) return known
    const bytes = unwrapWith(masters, row)
    if (!bytes) return null
    opened.set(id, { id, bytes })
    return { id, bytes }
  }

  /** Of rows that do not open, the ids of those that do with the master key that has replaced the one at hand. */
  async function outOfReach(rows: readonly Row[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set()
    const inUse = await ask(database, idInUse(masters.current))
    if (masters.all.some(({ id }) => id === inUse)) return new Set()
    return new Set(rows.filter(row => row['master_key_id'] === inUse).map(row => String(row['id'])))
  }

  /** The data keys that open, the newest first, and the ids of those that are out of reach. There is at least one of either. */
  async function keysOf(workspaceId: string): Promise<{ keys: DataKey[]; beyond: Set<string> }> {
    const rows = await database.query(rowsOf(workspaceId))
    const beyond = await outOfReach(rows.filter(row => unwrap(row) === null))
    const keys = rows.flatMap(row => unwrap(row) ?? [])
    return { keys: keys.length > 0 ? keys : [await makeKey(workspaceId)], beyond }
  }

  /** A first data key, or one in the place of those that are lost. Another node may be faster: then it is that one. */
  async function makeKey(workspaceId: string): Promise<DataKey> {
    const key = await database.transaction(function* () {
      yield* lockDataKeys(database)
      const inUse = yield* idInUse(masters.current)
      const master = masters.all.find(({ id }) => id === inUse)
      if (!master) throw wasReplaced()
      for (const row of yield rowsOf(workspaceId)) {
        const found = unwrap(row)
        if (found) return found
      }
      return yield* addDataKey(master, workspaceId, now())
    })
    opened.set(key.id, key)
    return key
  }

  async function sealerOf(workspaceId: string): Promise<Sealer> {
    const { keys, beyond } = await keysOf(workspaceId)
    return sealerWith(workspaceId, keys, beyond)
  }

  return {
    sealerOf,
    seal: async (workspaceId, context, value) => (await sealerOf(workspaceId)).seal(context, value),
    async open(workspaceId, context, sealed) {
      const [id = '', ciphertext = ''] = sealed.split('.')
      const [row] = await database.query(sql`select * from data_keys where id = ${id} and workspace_id = ${workspaceId}`)
      if (!row) return null
      const key = unwrap(row)
      if (key) return open(key.bytes, valueContext(workspaceId, context), ciphertext)?.toString() ?? null
      if ((await outOfReach([row])).has(id)) throw wasReplaced()
      return null
    },
    async openAll() {
      const lost = (await database.query(sql`select * from data_keys`)).filter(row => unwrap(row) === null)
      // Asked after the keys: a rotation in between must not make them look lost.
      const inUse = await ask(database, idInUse(masters.current))
      if (!masters.all.some(({ id }) => id === inUse)) throw wasReplaced()
      return lost.length
    },
  }
}

/** `keys`: the newest first. Hashes are made with the oldest, so that they stay the same when there are newer ones. `beyond`: ids of keys out of reach. */
function sealerWith(workspaceId: string, keys: readonly DataKey[], beyond: ReadonlySet<string>): Sealer {
  const [newest, oldest] = [keys[0], keys.at(-1)]
  if (!newest || !oldest) throw new Error(`There is no data key for ${workspaceId}.`)
  const hashKey = Buffer.from(hkdfSync('sha256', oldest.bytes, '', 'plugboard-relay hash', keyBytes))
  return {
    seal: (context, value) => `${newest.id}.${seal(newest.bytes, valueContext(workspaceId, context), Buffer.from(value))}`,
    open(context, sealed) {
      const [id = '', ciphertext = ''] = sealed.split('.')
      if (beyond.has(id)) throw wasReplaced()
      const key = keys.find(each => each.id === id)
      return (key && open(key.bytes, valueContext(workspaceId, context), ciphertext)?.toString()) ?? null
    },
    hash: value => createHmac('sha256', hashKey).update(value).digest('base64url'),
  }
}

/**
 * Wraps every data key under `next`, and gives each workspace a new data key for what is sealed from now on. What the old master keys
 * cannot open stays as it is. One transaction, which also notes that the old master key was replaced. Returns how many were wrapped and
 * how many are lost. Errors: `unavailable` when another rotation has replaced the master key at hand.
 */
export async function rotateKeys(
  database: Database,
  masters: MasterKeys,
  next: MasterKey,
  now: () => number = Date.now,
): Promise<{ wrapped: number; lost: number }> {
  return database.transaction(function* () {
    yield* lockDataKeys(database)
    const withNext = { current: next, all: [next, ...masters.all] }
    const inUse = yield* idInUse(masters.current)
    if (!withNext.all.some(({ id }) => id === inUse)) throw wasReplaced()
    yield* noteReplaced(masters.current, next)
    const rows = yield sql`select * from data_keys order by id ${database.forUpdate}`
    const workspaces = new Set<string>()
    let wrapped = 0
    for (const row of rows) {
      const [id, workspaceId] = [String(row['id']), String(row['workspace_id'])]
      const bytes = unwrapWith(withNext, row)
      if (!bytes) continue
      wrapped += 1
      workspaces.add(workspaceId)
      yield sql`update data_keys set master_key_id = ${next.id}, wrapped = ${seal(next.bytes, wrapContext(id, workspaceId), bytes)} where id = ${id}`
    }
    for (const workspaceId of workspaces) yield* addDataKey(next, workspaceId, now())
    return { wrapped, lost: rows.length - wrapped }
  })
}

function* addDataKey(master: MasterKey, workspaceId: string, at: number): Steps<DataKey> {
  const key = { id: randomUUID(), bytes: randomBytes(keyBytes) }
  const wrapped = seal(master.bytes, wrapContext(key.id, workspaceId), key.bytes)
  yield sql`insert into data_keys (id, workspace_id, master_key_id, wrapped, created_at) values (${key.id}, ${workspaceId}, ${master.id}, ${wrapped}, ${at})`
  return key
}

function unwrapWith({ all }: MasterKeys, row: Row): Buffer | null {
  const master = all.find(({ id }) => id === row['master_key_id'])
  return master ? open(master.bytes, wrapContext(String(row['id']), String(row['workspace_id'])), String(row['wrapped'])) : null
}
