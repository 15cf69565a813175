import type { RawBuilder } from 'kysely'
import type { Query } from './engine.ts'

type Compiler = Parameters<Query['compile']>[0]
type Compiled = ReturnType<Query['compile']>
type Plan = { compiled: Compiled; places: readonly (number | null)[] }

/**
 * A statement that is said often: put into words once for each kind of database, which takes ten times as long as running it on SQLite
 * does. `build` may use its values only as parameters.
 *
 *     const stepsOf = statement((run: number) => sql`select * from flow_steps where run = ${run}`)
 */
export function statement<Values extends unknown[]>(build: (...values: Values) => RawBuilder<unknown>): (...values: Values) => Query {
  const plans = new WeakMap<Compiler, Plan>()

  function plan(compiler: Compiler, count: number): Plan {
    const known = plans.get(compiler)
    if (known) return known
    const marks = Array.from({ length: count }, () => ({}))
    const compiled = build(...(marks as unknown as Values)).compile(compiler)
    const places = compiled.parameters.map(value => {
      const place = marks.indexOf(value as object)
      return place < 0 ? null : place
    })
    const made = { compiled, places }
    plans.set(compiler, made)
    return made
  }

  return (...values) => ({
    compile(compiler) {
      const { compiled, places } = plan(compiler, values.length)
      return { ...compiled, parameters: places.map((place, index) => (place === null ? compiled.parameters[index] : values[place])) }
    },
  })
}

/** The same for statements about a row of which not always the same columns are given. */
export function rowStatement<Values extends object, More extends unknown[]>(
  build: (values: Record<string, unknown>, ...more: More) => RawBuilder<unknown>,
): (values: Values, ...more: More) => Query {
  const byColumns = new Map<string, (...all: unknown[]) => Query>()
  return (values, ...more) => {
    const columns = Object.keys(values)
    const key = columns.join()
    let known = byColumns.get(key)
    if (!known) {
      known = statement((...all: unknown[]) => {
        const marked = Object.fromEntries(columns.map((column, index) => [column, all[index]]))
        return build(marked, ...(all.slice(columns.length) as More))
      })
      byColumns.set(key, known)
    }
    return known(...Object.values(values), ...more)
  }
}
