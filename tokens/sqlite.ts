import { sql } from 'kysely'
import type { AppDatabase } from '../host/store/database.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import type { TokenDatabase } from './database.ts'

/** All that is SQLite's own. Times are epoch ms, flags 0 or 1. */
const tables = `
  create table connection_tokens (
    connection_id text primary key,
    grant_id text not null,
    generation integer not null,
    access_token text,
    refresh_token text,
    spare_token text,
    client text,
    parent_hash text,
    scopes text not null,
    obtained_at integer not null,
    access_expires_at integer,
    refresh_expires_at integer,
    renew_at integer,
    keep_alive_at integer,
    first_attempt_at integer,
    answer_lost text check (answer_lost in ('stopped', 'unanswered')),
    answer_lost_at integer,
    doubt integer not null default 0,
    spare_doubt integer not null default 0,
    failures integer not null default 0,
    state text not null check (state in ('connected', 'retrying', 'needs_reconnect', 'disconnected')),
    reason text,
    since integer not null,
    next_try integer
  ) strict;
  create table refresh_attempts (
    fence integer primary key autoincrement,
    connection_id text not null,
    grant_id text not null,
    generation integer not null,
    process_id text not null,
    opened_at integer not null,
    closed_at integer,
    state text not null check (state in ('open', 'passed', 'closed')),
    ending text check (ending in ('stored', 'refused', 'not_sent', 'lost', 'dead'))
  ) strict;
  create unique index one_open_attempt on refresh_attempts (connection_id, grant_id) where state = 'open';
  create index attempts_of_connection on refresh_attempts (connection_id);
  create table processes (process_id text primary key, node_id text not null, name text not null, started_at integer not null) strict;`

/** Tokens in a SQLite file of this machine, which several processes may have open. `now` (epoch ms) takes the place of the machine's clock. */
export function sqliteTokens(database: AppDatabase, now?: () => number): TokenDatabase {
  database.migrate('tokens-1', tables)
  const { query, transaction, forUpdate } = sqliteEngine(database)
  return { query, transaction, forUpdate, now: () => (now ? sql`${Math.round(now())}` : sql`cast(unixepoch('subsec') * 1000 as integer)`) }
}
