import { sql } from 'kysely'
import type { Database, Steps } from '../../host/store/engine.ts'
import type { Ender } from '../own-accounts/own-accounts.ts'

/**
 * Notes a user who goes because the person comes in whose e-mail it is. What the user had connected is in another database: it ends after
 * this transaction, and the note stays until then. `memberId`: who comes in, if a member does.
 */
export function* noteDeparted(userId: string, memberId: string | null): Steps<void> {
  yield sql`insert into departed_users (user_id, member_id) values (${userId}, ${memberId})`
}

/** Ends what they had connected who are noted. What cannot be ended now stays noted, and is thrown. */
export async function endDeparted(database: Database, end: (userId: string, by: Ender) => Promise<void>): Promise<void> {
  for (const { user_id: userId, member_id: member } of await database.query(sql`select * from departed_users order by user_id`)) {
    await end(String(userId), { member: member === null ? null : String(member), ip: null })
    await database.query(sql`delete from departed_users where user_id = ${String(userId)}`)
  }
}
