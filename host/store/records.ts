import { sql } from 'kysely'
import type { Entity } from '../../core/app/entity.ts'
import { AppError } from '../../core/errors.ts'
import { addChange, type Author, type Change } from './changes.ts'
import type { Engine, Row, Steps } from './engine.ts'
import { invalid } from './errors.ts'
import { fieldsOf } from './fields.ts'
import { parseFilter } from './filter.ts'
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

type Options = {
  engine: Engine
  find: () => Defined
  author: Author | null
  now: () => number
  newId: () => string
  committed: (changes: Change[]) => void
}

const maxBytes = 1024 * 1024
/** From this many records on, a filter or sort without an index makes one. */
const scanLimit = 2000
const maxIndexes = 24

export function createRecords({ engine, find, author, now, newId, committed }: Options): Records {
  async function write<T>(work: () => Steps<{ result: T; changes: Change[] }>): Promise<T> {
    const { result, changes } = await engine.transaction(work)
    committed(changes)
    return result
  }

  async function source(plan: Pick<Plan, 'filter' | 'path'>): Promise<Source> {
    const { entity, table, indexed } = find()
    const fields = fieldsOf(entity)
    const missing = indexablePaths(plan, fields)
      .filter(path => !indexed.has(path))
      .slice(0, Math.max(0, maxIndexes - indexed.size))
    if (missing.length && (await isLarge(table))) {
      await engine.transaction(function* () {
        for (const path of missing) yield* engine.createIndex(table, path.split('.'))
      })
      for (const path of missing) indexed.add(path)
    }
    return { table, fields, dialect: engine.dialect(indexed) }
  }

  async function isLarge(table: string): Promise<boolean> {
    const [row] = await engine.query(sql`select count(*) as count from (select 1 from ${sql.id(table)} limit ${scanLimit + 1})`)
    return Number(row?.count) > scanLimit
  }

  function* insert({ entity, table }: Defined, input: Doc): Steps<Change> {
    const data = newRecordData(entity, input)
    const at = new Date(now()).toISOString()
    const row = { id: newId(), created_date: at, updated_date: at, created_by: '', created_by_id: '', data: encode(data) }
    yield sql`insert into ${sql.id(table)} (${recordColumns}) values (${sql.join(Object.values(row))})`
    return yield* addChange({ entity: entity.name, id: row.id, type: 'create', before: null, after: toRecord(row), at, by: author })
  }

  function* locked({ entity, table }: Defined, id: string): Steps<Row> {
    const [row] = yield sql`select ${recordColumns} from ${sql.id(table)} where id = ${id} ${engine.forUpdate}`
    if (!row) throw missing(entity, id)
    return row
  }

  const records: Records = {
    async get(id) {
      const { entity, table } = find()
      const [row] = await engine.query(sql`select ${recordColumns} from ${sql.id(table)} where id = ${id}`)
      if (!row) throw missing(entity, id)
      return toRecord(row)
    },
    async list(query = {}) {
      const plan = planQuery(query, 5000)
      const rows = await engine.query(selectRecords(await source(plan), plan, plan.limit))
      return rows.map(toRecord)
    },
    async page(query = {}) {
      const plan = planQuery(query, 50)
      const from = await source(plan)
      const rows = await engine.query(selectRecords(from, plan, plan.limit + 1))
      const items = rows.slice(0, plan.limit).map(toRecord)
      const last = items.at(-1)
      const isWhole = !plan.after && !plan.skip && rows.length <= plan.limit
      const [counted] = isWhole ? [{ count: items.length }] : await engine.query(countRecords(from, plan.filter))
      return { items, nextCursor: rows.length > plan.limit && last ? nextCursor(plan, last) : null, total: Number(counted?.count) }
    },
    async count(q = {}) {
      const filter = parseFilter(q)
      const [row] = await engine.query(countRecords(await source({ filter, path: ['id'] }), filter))
      return Number(row?.count)
    },
    async create(data) {
      const [record] = await records.createMany([data])
      if (!record) throw new Error('A created record was not returned.')
      return record
    },
    createMany: all =>
      write(function* () {
        const defined = find()
        const changes: Change[] = []
        for (const data of all) changes.push(yield* insert(defined, data))
        return { result: changes.flatMap(({ after }) => (after ? [after] : [])), changes }
      }),
    update: (id, patch) =>
      write(function* () {
        const defined = find()
        const { entity, table } = defined
        const data = changedRecordData(entity, patch)
        const row = yield* locked(defined, id)
        const at = new Date(now()).toISOString()
        const next = { ...row, updated_date: at, data: encode({ ...(JSON.parse(String(row.data)) as Doc), ...data }) }
        yield sql`update ${sql.id(table)} set data = ${next.data}, updated_date = ${at} where id = ${id}`
        const change = { entity: entity.name, id, type: 'update' as const, before: toRecord(row), after: toRecord(next), at, by: author }
        return { result: change.after, changes: [yield* addChange(change)] }
      }),
    delete: id =>
      write(function* () {
        const defined = find()
        const before = toRecord(yield* locked(defined, id))
        yield sql`delete from ${sql.id(defined.table)} where id = ${id}`
        const at = new Date(now()).toISOString()
        const change = yield* addChange({ entity: defined.entity.name, id, type: 'delete', before, after: null, at, by: author })
        return { result: before, changes: [change] }
      }),
  }
  return records
}

function encode(data: Doc): string {
  const text = JSON.stringify(canonical(data))
  if (Buffer.byteLength(text) > maxBytes)
    throw invalid('A record may be 1 MB at most. Keep large content in a file and its address in the record.')
  return text
}

function missing(entity: Entity, id: string): AppError {
  return new AppError('not_found', `There is no ${entity.name} with the id “${id}”. It may have been deleted.`)
}
