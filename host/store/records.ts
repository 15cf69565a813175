import { sql } from 'kysely'
import type { Entity } from '../../core/app/entity.ts'
import { AppError } from '../../core/errors.ts'
import type { Access, Act } from './access.ts'
import { addChanges, rowsOfInsert, type Author, type Change } from './changes.ts'
import type { Engine, Row, Steps } from './engine.ts'
import { invalid } from './errors.ts'
import { fieldsOf } from './fields.ts'
import { parseFilter, type Filter } from './filter.ts'
import { matches } from './matches.ts'
import {
  countRecords,
  indexablePaths,
  nextCursor,
  planQuery,
  recordColumns,
  selectRecords,
  toRecord,
  type PageQuery,
  type Plan,
  type Query,
  type Source,
} from './query.ts'
import { changedRecordData, newRecordData } from './validate.ts'
import { canonical, type Doc } from './values.ts'

/** One entity with its table. `indexed` grows as queries ask for it. */
export type Defined = { entity: Entity; table: string; indexed: Set<string> }

export type Page = { items: Doc[]; nextCursor: string | null; total: number }

/** The records of one entity. Filters are Base44's `q` (Mongo-style); errors: validation, not_found, unavailable. */
export type Records = {
  get(id: string): Promise<Doc>
  /** Newest first unless `sort` says otherwise; at most 5,000. */
  list(query?: Query): Promise<Doc[]>
  /** 50 at a time unless `limit` says otherwise. A cursor carries its query and sort with it. */
  page(query?: PageQuery): Promise<Page>
  count(q?: unknown): Promise<number>
  create(data: Doc): Promise<Doc>
  /** All or none. */
  createMany(data: readonly Doc[]): Promise<Doc[]>
  /** Sets the fields of `data` and keeps the others. */
  update(id: string, data: Doc): Promise<Doc>
  /** Returns the record as it was. */
  delete(id: string): Promise<Doc>
}

type StoredRow = Record<'id' | 'created_date' | 'updated_date' | 'created_by' | 'created_by_id' | 'data', string>

type Options = {
  engine: Engine
  find: () => Defined
  author: Author | null
  /** Null: all records, as the app itself has them. */
  access: Access | null
  now: () => number
  newId: () => string
  committed: (changes: Change[]) => void
}

const maxBytes = 1024 * 1024
/** From this many records on, a filter or sort without an index makes one. */
const scanLimit = 2000
const maxIndexes = 24

/** What was done to records, before the outbox has numbered it. */
type Written = Omit<Change, 'seq'>

export function createRecords({ engine, find, author, access, now, newId, committed }: Options): Records {
  const reader = engine.dialect(new Set())

  async function write(work: () => Steps<Written[]>): Promise<Change[]> {
    const changes = await engine.transaction(function* () {
      return yield* addChanges(engine, yield* work())
    })
    committed(changes)
    return changes
  }

  async function source(plan: Pick<Plan, 'filter' | 'path'>): Promise<Source> {
    const { entity, table, indexed } = find()
    const fields = fieldsOf(entity)
    const missing = indexablePaths(plan, fields)
      .filter(path => !indexed.has(path))
      .slice(0, Math.max(0, maxIndexes - indexed.size))
    if (missing.length && (await isLarge(table))) {
      for (const path of missing) await engine.createIndex(table, path.split('.'))
      for (const path of missing) indexed.add(path)
    }
    return { table, fields, dialect: engine.dialect(indexed) }
  }

  async function isLarge(table: string): Promise<boolean> {
    const [row] = await engine.query(sql`select count(*) as count from (select 1 from ${sql.id(table)} limit ${scanLimit + 1}) as first`)
    return Number(row?.count) > scanLimit
  }

  function newRow(entity: Entity, input: Doc): StoredRow {
    const at = new Date(now()).toISOString()
    const data = encode(newRecordData(entity, input))
    return { id: newId(), created_date: at, updated_date: at, created_by: author?.email ?? '', created_by_id: author?.user ?? '', data }
  }

  function* locked({ entity, table }: Defined, id: string): Steps<Row> {
    const [row] = yield sql`select ${recordColumns} from ${sql.id(table)} where id = ${id} ${engine.forUpdate}`
    if (!row) throw missing(entity, id)
    return row
  }

  /** A filter for what may be read besides. */
  function readable(filter: Filter): Filter {
    return access ? { kind: 'and', of: [filter, access.may('read', find().entity)] } : filter
  }

  function planReadable(query: PageQuery, defaultLimit: number): Plan {
    const plan = planQuery(query, defaultLimit)
    return { ...plan, filter: readable(plan.filter) }
  }

  function may(act: Act, entity: Entity, record: Doc): boolean {
    return !access || matches(access.may(act, entity), record, fieldsOf(entity))
  }

  /** The record that is to be changed, once it is certain that it may be. */
  function* changeable(act: 'update' | 'delete', defined: Defined, id: string): Steps<{ row: Row; before: Doc }> {
    const { entity } = defined
    const row = yield* locked(defined, id)
    const before = toRecord(row, reader)
    if (!may('read', entity, before)) throw missing(entity, id)
    if (!may(act, entity, before)) throw refused(act, entity)
    return { row, before }
  }

  const records: Records = {
    async get(id) {
      const { entity, table } = find()
      const [row] = await engine.query(sql`select ${recordColumns} from ${sql.id(table)} where id = ${id}`)
      const record = row && toRecord(row, reader)
      if (!record || !may('read', entity, record)) throw missing(entity, id)
      return record
    },
    async list(query = {}) {
      const plan = planReadable(query, 5000)
      const rows = await engine.query(selectRecords(await source(plan), plan, plan.limit))
      return rows.map(row => toRecord(row, reader))
    },
    async page(query = {}) {
      const plan = planReadable(query, 50)
      const from = await source(plan)
      const rows = await engine.query(selectRecords(from, plan, plan.limit + 1))
      const items = rows.slice(0, plan.limit).map(row => toRecord(row, reader))
      const last = items.at(-1)
      const isWhole = !plan.after && !plan.skip && rows.length <= plan.limit
      const [counted] = isWhole ? [{ count: items.length }] : await engine.query(countRecords(from, plan.filter))
      return { items, nextCursor: rows.length > plan.limit && last ? nextCursor(plan, last) : null, total: Number(counted?.count) }
    },
    async count(q = {}) {
      const filter = readable(parseFilter(q))
      const [row] = await engine.query(countRecords(await source({ filter, path: ['id'] }), filter))
      return Number(row?.count)
    },
    async create(data) {
      const [record] = await records.createMany([data])
      return present(record)
    },
    async createMany(all) {
      const { entity, table } = find()
      const changes = await write(function* () {
        const rows = all.map(data => newRow(entity, data))
        for (let from = 0; from < rows.length; from += rowsOfInsert) {
          const values = rows.slice(from, from + rowsOfInsert).map(row => sql`(${sql.join(Object.values(row))})`)
          yield sql`insert into ${sql.id(table)} (${recordColumns}) values ${sql.join(values)}`
        }
        return rows.map(row => {
          const after = toRecord(row, reader)
          if (!may('create', entity, after)) throw refused('create', entity)
          return { entity: entity.name, id: row.id, type: 'create', before: null, after, at: row.created_date, by: author }
        })
      })
      return changes.map(({ after }) => present(after))
    },
    async update(id, patch) {
      const defined = find()
      const { entity, table } = defined
      const [change] = await write(function* () {
        const data = changedRecordData(entity, patch)
        const { row, before } = yield* changeable('update', defined, id)
        const at = new Date(now()).toISOString()
        const next = { ...row, updated_date: at, data: encode({ ...reader.document(row.data), ...data }) }
        const after = toRecord(next, reader)
        if (!may('update', entity, after)) throw refused('update', entity)
        yield sql`update ${sql.id(table)} set data = ${next.data}, updated_date = ${at} where id = ${id}`
        return [{ entity: entity.name, id, type: 'update', before, after, at, by: author }]
      })
      return present(change?.after)
    },
    async delete(id) {
      const defined = find()
      const [change] = await write(function* () {
        const { before } = yield* changeable('delete', defined, id)
        yield sql`delete from ${sql.id(defined.table)} where id = ${id}`
        return [{ entity: defined.entity.name, id, type: 'delete', before, after: null, at: new Date(now()).toISOString(), by: author }]
      })
      return present(change?.before)
    },
  }
  return records
}

function present(record: Doc | null | undefined): Doc {
  if (!record) throw new Error('A written record was not returned.')
  return record
}

function encode(data: Doc): string {
  const text = JSON.stringify(canonical(data))
  if (Buffer.byteLength(text) > maxBytes)
    throw invalid('A record may be 1 MB at most. Keep large content in a file and its address in the record.')
  return text
}

const words: Record<Act, string> = { create: 'add', read: 'see', update: 'change', delete: 'delete' }

function refused(act: Act, entity: Entity): AppError {
  return new AppError('forbidden', `You may not ${words[act]} this ${entity.title ?? entity.name}.`)
}

function missing(entity: Entity, id: string): AppError {
  return new AppError('not_found', `There is no ${entity.name} with the id “${id}”. It may have been deleted.`)
}
