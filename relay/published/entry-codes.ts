import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'
import { hashToken, newToken } from '../members/links.ts'

/** Long enough for one redirect over a slow line. */
const lastsMs = 60_000

/** A member on the way to an app's own host. `challenge`: the hash of what the browser keeps there, so that no other browser comes in by the code. */
export type Entry = { appId: string; memberId: string; challenge: string }

/**
 * Codes with which a member's session on the relay becomes one on an app's own host, where the relay's cookie does not go. Each works once, for
 * a minute, at its app, in the browser that asked for it. What is kept is a hash.
 */
export type EntryCodes = {
  make(entry: Entry): Promise<string>
  /** Uses a code up, right or wrong. Null: it is not for this app and browser, was used, or is too old. Else whose it is. */
  take(code: string, at: Omit<Entry, 'memberId'>): Promise<string | null>
}

export async function openEntryCodes(database: Database, now: () => number): Promise<EntryCodes> {
  await database.migrate('entry-codes-1', function* () {
    const { text, integer, byKey } = database.types
    yield sql`create table entry_codes (code_hash ${text} not null primary key, app_id ${text} not null, member_id ${text} not null,
      challenge ${text} not null, expires_at ${integer} not null) ${byKey}`
  })
  return {
    async make({ appId, memberId, challenge }) {
      const [code, at] = [newToken(), now()]
      await database.transaction(function* () {
        yield sql`delete from entry_codes where expires_at <= ${at}`
        yield sql`insert into entry_codes (code_hash, app_id, member_id, challenge, expires_at)
          values (${hashToken(code)}, ${appId}, ${memberId}, ${challenge}, ${at + lastsMs})`
      })
      return code
    },
    async take(code, { appId, challenge }) {
      const [row] = await database.query(sql`delete from entry_codes where code_hash = ${hashToken(code)} returning *`)
      const isGood = row && row['app_id'] === appId && row['challenge'] === challenge && Number(row['expires_at']) > now()
      return isGood ? String(row['member_id']) : null
    },
  }
}
