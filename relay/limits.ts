import { sql } from 'kysely'
import { AppError } from '../core/errors.ts'
import type { Database } from '../host/store/engine.ts'

/** So many tries for one key within a time. */
export type Limit = { name: string; most: number; windowMs: number }

export type Limits = {
  /** Counts one try. Errors: `rate_limited` with `retryAfterMs` once there were too many. */
  take(limit: Limit, key: string): Promise<void>
  /** Forgets the tries of a key: it was the right person after all. */
  clear(limit: Limit, key: string): Promise<void>
}

/** Counted in the database, so that a second node or a restart gives nobody new tries. */
export async function createLimits(database: Database, now: () => number = Date.now): Promise<Limits> {
  const { text, integer, strict } = database.types
  await database.migrate('limits-1', function* () {
    yield sql`create table tries (name ${text} not null, tried ${text} not null, n ${integer} not null, ends_at ${integer} not null,
      primary key (name, tried)) ${strict}`
    yield sql`create index tries_by_end on tries (ends_at)`
  })
  return {
    async take({ name, most, windowMs }, key) {
      const at = now()
      const row = await database.transaction(function* () {
        yield sql`delete from tries where ends_at <= ${at}`
        const [counted] = yield sql`insert into tries (name, tried, n, ends_at) values (${name}, ${key}, 1, ${at + windowMs})
          on conflict (name, tried) do update set n = tries.n + 1 returning n, ends_at`
        return counted
      })
      if (Number(row?.['n']) <= most) return
      const retryAfterMs = Number(row?.['ends_at']) - at
      const minutes = Math.max(1, Math.ceil(retryAfterMs / 60_000))
      throw new AppError(
        'rate_limited',
        `There were too many tries. Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`} and try again.`,
        { retryAfterMs },
      )
    },
    async clear({ name }, key) {
      await database.query(sql`delete from tries where name = ${name} and tried = ${key}`)
    },
  }
}
