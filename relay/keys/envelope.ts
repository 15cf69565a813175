import { createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Sealer } from '../../tokens/sealer.ts'
import type { MasterKey, MasterKeys } from './master.ts'
import { keyBytes, open, seal } from './seal.ts'

/**
 * Envelope encryption at rest: each workspace has data keys of its own, which are kept wrapped under the master key. A sealed text begins
 * with the id of its data key, so that old ones open after a rotation. `context` names the record and column a value belongs to.
 */
export type Envelope = {
  seal(workspaceId: string, context: string, value: string): Promise<string>
  /** Null when the key is not here, the workspace or context is another, or anything was altered. */
  open(workspaceId: string, context: string, sealed: string): Promise<string | null>
  /** The same for the middle of a transaction: with the data keys of the workspace that there are now. */
  sealerOf(workspaceId: string): Promise<Sealer>
  /** How many data keys the master keys at hand cannot open. */
  lost(): Promise<number>
}

type DataKey = { id: string; bytes: Buffer }

const wrapContext = (id: string, workspaceId: string) => JSON.stringify(['data-key', id, workspaceId])
const valueContext = (workspaceId: string, context: string) => JSON.stringify(['value', workspaceId, context])

export function createEnvelope(database: Database, masters: MasterKeys, now: () => number = Date.now): Envelope {
  // Data keys outlive a change of the master key: who has opened one goes on with it.
  const opened = new Map<string, DataKey>()

  function unwrap(row: Row, workspaceId: string): DataKey | null {
    const id = String(row['id'])
    const known = opened.get(id)
    if (known) return known
    const bytes = unwrapWith(masters, row, workspaceId)
    if (!bytes) return null
    opened.set(id, { id, bytes })
    return { id, bytes }
  }

  /** The newest data key that can be opened; one is made when there is none. */
  async function keyFor(workspaceId: string): Promise<DataKey> {
    return database.transaction(function* () {
      yield* database.lock(`data-keys ${workspaceId}`)
      const rows = yield sql`select * from data_keys where workspace_id = ${workspaceId} order by created_at desc, id desc`
      for (const row of rows) {
        const key = unwrap(row, workspaceId)
        if (key) return key
      }
      const made = yield* addDataKey(masters.current, workspaceId, now())
      opened.set(made.id, made)
      return made
    })
  }

  return {
    async seal(workspaceId, context, value) {
      const key = await keyFor(workspaceId)
      return `${key.id}.${seal(key.bytes, valueContext(workspaceId, context), Buffer.from(value))}`
    },
    async open(workspaceId, context, sealed) {
      const [id = '', ciphertext = ''] = sealed.split('.')
      const [row] = await database.query(sql`select * from data_keys where id = ${id} and workspace_id = ${workspaceId}`)
      const key = row && unwrap(row, workspaceId)
      return (key && open(key.bytes, valueContext(workspaceId, context), ciphertext)?.toString()) ?? null
    },
    async sealerOf(workspaceId) {
      const rows = await database.query(sql`select * from data_keys where workspace_id = ${workspaceId} order by created_at desc, id desc`)
      const found = rows.flatMap(row => unwrap(row, workspaceId) ?? [])
      const keys = found.length > 0 ? found : [await keyFor(workspaceId)]
      return sealerWith(workspaceId, keys)
    },
    async lost() {
      const rows = await database.query(sql`select * from data_keys`)
      return rows.filter(row => unwrapWith(masters, row, String(row['workspace_id'])) === null).length
    },
  }
}

/** `keys`: the newest first. Hashes are made with the oldest, so that they stay the same when there are newer ones. */
function sealerWith(workspaceId: string, keys: readonly DataKey[]): Sealer {
  const [newest, oldest] = [keys[0], keys.at(-1)]
  if (!newest || !oldest) throw new Error(`There is no data key for ${workspaceId}.`)
  const hashKey = Buffer.from(hkdfSync('sha256', oldest.bytes, '', 'plugboard-relay hash', keyBytes))
  return {
    seal: (context, value) => `${newest.id}.${seal(newest.bytes, valueContext(workspaceId, context), Buffer.from(value))}`,
    open(context, sealed) {
      const [id, ciphertext = ''] = sealed.split('.')
      const key = keys.find(each => each.id === id)
      return (key && open(key.bytes, valueContext(workspaceId, context), ciphertext)?.toString()) ?? null
    },
    hash: value => createHmac('sha256', hashKey).update(value).digest('base64url'),
  }
}

/**
 * Wraps every data key under `next`, and gives each workspace a new data key for what is sealed from now on. What the old master keys
 * cannot open stays as it is. One transaction. Returns how many were wrapped and how many are lost.
 */
export async function rotateKeys(
  database: Database,
  masters: MasterKeys,
  next: MasterKey,
  now: () => number = Date.now,
): Promise<{ wrapped: number; lost: number }> {
  return database.transaction(function* () {
    yield* database.lock('rotate-keys')
    const rows = yield sql`select * from data_keys order by id ${database.forUpdate}`
    const withNext = { current: next, all: [next, ...masters.all] }
    const workspaces = new Set<string>()
    let wrapped = 0
    for (const row of rows) {
      const [id, workspaceId] = [String(row['id']), String(row['workspace_id'])]
      const bytes = unwrapWith(withNext, row, workspaceId)
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

function unwrapWith({ all }: MasterKeys, row: Row, workspaceId: string): Buffer | null {
  const master = all.find(({ id }) => id === row['master_key_id'])
  return master ? open(master.bytes, wrapContext(String(row['id']), workspaceId), String(row['wrapped'])) : null
}
