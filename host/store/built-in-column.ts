import { sql, type RawBuilder } from 'kysely'
import type { Place } from './dialect.ts'

/** A built-in field as a place: a column of text of its own, where '' stands for null. `zero` is the database's number for “no number”. */
export function builtInColumn(
  name: RawBuilder<string>,
  zero: RawBuilder<number>,
  textTests: (text: RawBuilder<string>) => Pick<Place, 'matches' | 'contains'>,
): Place {
  return {
    rank: sql`case when ${name} = '' then 0 else 2 end`,
    num: zero,
    key: name,
    text: name,
    sort: [name],
    exists: sql`${name} <> ''`,
    size: sql`0`,
    some: () => sql`(1 = 0)`,
    child: () => {
      throw new Error('A built-in field has no fields inside.')
    },
    ...textTests(name),
  }
}
