import { createAdapterFactory, type CleanedWhere, type CustomAdapter } from 'better-auth/adapters'
import { sql, type RawBuilder } from 'kysely'
import type { Database, Row } from '../../host/store/engine.ts'

const operators = { eq: sql`=`, ne: sql`<>`, lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` } as const

/**
 * better-auth over the relay's database, on SQLite and Postgres alike. Dates are ISO strings, booleans 0 and 1. What must happen to one row
 * alone (a code that is used up) happens in one statement.
 */
export function databaseAdapter(database: Database) {
  const adapter = {
    async create({ model, data }) {
      const [row] = await database.query(insert(model, data))
      return row as typeof data
    },
    async findOne({ model, where }) {
      const [row] = await database.query(sql`select * from ${sql.id(model)} where ${condition(where)} limit 1`)
      return (row ?? null) as never
    },
    async findMany({ model, where = [], limit, offset = 0, sortBy }) {
      const order = sortBy ? sql`order by ${sql.id(sortBy.field)} ${sortBy.direction === 'desc' ? sql`desc` : sql`asc`}` : sql``
      const rows = await database.query(
        sql`select * from ${sql.id(model)} where ${condition(where)} ${order} limit ${limit} offset ${offset}`,
      )
      return rows as never
    },
    async update({ model, where, update }) {
      const [row] = await change(model, where, assignments(update as Row))
      return (row ?? null) as never
    },
    updateMany: async ({ model, where, update }) => (await change(model, where, assignments(update))).length,
    async delete({ model, where }) {
      await remove(model, where)
    },
    deleteMany: async ({ model, where }) => (await remove(model, where)).length,
    async consumeOne({ model, where }) {
      const one = sql`select id from ${sql.id(model)} where ${condition(where)} limit 1`
      const [row] = await database.query(sql`delete from ${sql.id(model)} where id = (${one}) returning *`)
      return (row ?? null) as never
    },
    async incrementOne({ model, where, increment, set = {} }) {
      const sums = Object.entries(increment).map(([field, by]) => sql`${sql.id(field)} = ${sql.id(field)} + ${by}`)
      const [row] = await change(model, where, [...sums, ...assignments(set)])
      return (row ?? null) as never
    },
    async count({ model, where = [] }) {
      const [row] = await database.query(sql`select count(*) as n from ${sql.id(model)} where ${condition(where)}`)
      return Number(row?.['n'])
    },
  } satisfies CustomAdapter

  const change = (model: string, where: CleanedWhere[], set: RawBuilder<unknown>[]) =>
    database.query(sql`update ${sql.id(model)} set ${sql.join(set)} where ${condition(where)} returning *`)
  const remove = (model: string, where: CleanedWhere[]) =>
    database.query(sql`delete from ${sql.id(model)} where ${condition(where)} returning id`)

  return createAdapterFactory({
    config: { adapterId: 'plugboard', supportsDates: false, supportsBooleans: false, supportsJSON: false, supportsNumericIds: false },
    adapter: () => adapter,
  })
}

function insert(model: string, data: Row): RawBuilder<unknown> {
  const [columns, values] = [Object.keys(data), Object.values(data)]
  return sql`insert into ${sql.id(model)} (${sql.join(columns.map(name => sql.id(name)))}) values (${sql.join(values)}) returning *`
}

const assignments = (values: Row) => Object.entries(values).map(([field, value]) => sql`${sql.id(field)} = ${value}`)

/** All that are joined by AND, and one of those joined by OR. */
function condition(where: readonly CleanedWhere[]): RawBuilder<unknown> {
  const of = (connector: 'AND' | 'OR') => where.filter(part => part.connector === connector).map(compare)
  const [all, any] = [of('AND'), of('OR')]
  const parts = any.length ? [...all, sql`(${sql.join(any, sql` or `)})`] : all
  return parts.length ? sql.join(parts, sql` and `) : sql`1 = 1`
}

function compare({ field, operator, value, mode }: CleanedWhere): RawBuilder<unknown> {
  const column = sql.id(field)
  if (operator === 'in' || operator === 'not_in') {
    const list = value as unknown[]
    if (!list.length) return operator === 'in' ? sql`1 = 0` : sql`1 = 1`
    return operator === 'in' ? sql`${column} in (${sql.join(list)})` : sql`${column} not in (${sql.join(list)})`
  }
  if (value === null && operator === 'eq') return sql`${column} is null`
  if (value === null && operator === 'ne') return sql`${column} is not null`
  // Nothing of a relay asks for these: a new use of the library should be seen, not guessed.
  if (!(operator in operators) || mode === 'insensitive') throw new TypeError(`No query with ${operator}, ${mode} on ${field}.`)
  return sql`${column} ${operators[operator as keyof typeof operators]} ${value}`
}
