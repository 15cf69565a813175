import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Steps } from '../../host/store/engine.ts'
import type { MasterKey } from './master.ts'

/**
 * The id of the master key that a rotation has put in the place of this one, or its own. What a node cannot open is lost when it is
 * wrapped under any other key, and only out of this node's reach when it is wrapped under this one.
 */
export function* idInUse({ id }: MasterKey): Steps<string> {
  const [row] = yield sql`select replaced_by from replaced_master_keys where id = ${id}`
  return String(row?.['replaced_by'] ?? id)
}

/** From now on `next` is in use instead of `before`, and of all that `before` was put in the place of. */
export function* noteReplaced(before: MasterKey, next: MasterKey): Steps<void> {
  if (before.id !== next.id) {
    yield sql`update replaced_master_keys set replaced_by = ${next.id} where replaced_by = ${before.id}`
    yield sql`insert into replaced_master_keys (id, replaced_by) values (${before.id}, ${next.id})
      on conflict (id) do update set replaced_by = excluded.replaced_by`
  }
  // A key from before may be put in use again.
  yield sql`delete from replaced_master_keys where id = ${next.id}`
}

export const wasReplaced = () =>
  new AppError(
    'unavailable',
    'The master key of this relay was changed: start this node again with the new one (or, if that is lost, with one that was never in use).',
  )
