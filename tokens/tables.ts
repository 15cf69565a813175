import { sql } from 'kysely'
import type { ColumnTypes, Database, Steps } from '../host/store/engine.ts'
import type { TokenDatabase } from './database.ts'

/** Times are epoch ms, flags 0 or 1. */
export function* createTokenTables({ serial, text, integer, strict }: ColumnTypes): Steps<void> {
  yield sql`create table connection_tokens (
      connection_id ${text} primary key,
      grant_id ${text} not null,
      generation ${integer} not null,
      access_token ${text},
      refresh_token ${text},
      spare_token ${text},
      client ${text},
      parent_hash ${text},
      scopes ${text} not null,
      obtained_at ${integer} not null,
      access_expires_at ${integer},
      refresh_expires_at ${integer},
      renew_at ${integer},
      keep_alive_at ${integer},
      first_attempt_at ${integer},
      answer_lost ${text} check (answer_lost in ('stopped', 'unanswered')),
      answer_lost_at ${integer},
      doubt ${integer} not null default 0,
      spare_doubt ${integer} not null default 0,
      failures ${integer} not null default 0,
      state ${text} not null check (state in ('connected', 'retrying', 'needs_reconnect', 'disconnected')),
      reason ${text},
      since ${integer} not null,
      next_try ${integer}
    ) ${strict}`
  yield sql`create table refresh_attempts (
      fence ${serial},
      connection_id ${text} not null,
      grant_id ${text} not null,
      generation ${integer} not null,
      process_id ${text} not null,
      opened_at ${integer} not null,
      closed_at ${integer},
      state ${text} not null check (state in ('open', 'passed', 'closed')),
      ending ${text} check (ending in ('stored', 'refused', 'not_sent', 'lost', 'dead'))
    ) ${strict}`
  yield sql`create unique index one_open_attempt on refresh_attempts (connection_id, grant_id) where state = 'open'`
  yield sql`create index attempts_of_connection on refresh_attempts (connection_id)`
  yield sql`create table processes (process_id ${text} primary key, node_id ${text} not null, name ${text} not null, started_at ${integer} not null) ${strict}`
}

/** Tokens in any database, which many processes may have open. */
export async function openTokenTables(database: Database): Promise<TokenDatabase> {
  await database.migrate('tokens-1', () => createTokenTables(database.types))
  const { query, transaction, forUpdate, clock } = database
  return { query, transaction, forUpdate, now: () => clock }
}
