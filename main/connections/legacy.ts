import { existsSync, readFileSync, renameSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { AppDatabase } from '../../host/store/database.ts'
import { clientContext, tokenContext } from '../../tokens/sealer.ts'
import { readTokenRow } from '../../tokens/row.ts'
import type { Vault } from '../vault/vault.ts'

/*
 * Homes of version 0.1.0 kept connections in `connections.json` and their tokens as records of the vault. Both move here once: the list at
 * the start, each token when the vault is open. Every step can be repeated, so that a crash between two of them loses nothing.
 */

const isoTime = z.iso.datetime().transform(at => Date.parse(at))

/** What an entry said of its tokens. */
const tokenFields = z.object({
  state: z.enum(['connected', 'retrying', 'needs_reconnect', 'revoked', 'disconnected']),
  reason: z.string().nullable(),
  since: isoTime,
  nextTryAt: isoTime.nullable(),
  accessExpiresAt: isoTime.nullable(),
  scopesGranted: z.array(z.string()),
  grantId: z.string(),
  generation: z.number().int(),
  attempt: z.object({ generation: z.number().int(), openedAt: isoTime }).nullable(),
  answerLost: z.boolean(),
  failures: z.number().int(),
  renewable: z.boolean(),
})
type TokenFields = z.infer<typeof tokenFields>

const entry = z.looseObject({ id: z.string() })
const file = z.looseObject({ v: z.literal(1), connections: z.array(z.unknown()) })

/** Moves the list. An entry of another form is kept as it is; a damaged file is kept aside and reported. */
export function importList(home: string, database: AppDatabase, report: (error: AppError) => void): void {
  const path = join(home, 'connections.json')
  if (!existsSync(path)) return
  const parsed = file.safeParse(parseJson(readFileSync(path, 'utf8')))
  if (!parsed.success) {
    const kept = `${path}.damaged-${Date.now()}`
    renameSync(path, kept)
    report(
      new AppError('unavailable', `The list of connections was damaged. It is kept as ${kept}; connect your tools again.`, {
        cause: parsed.error,
      }),
    )
    return
  }
  database.transaction(() => parsed.data.connections.forEach(each => importEntry(database, each)))
  renameSync(path, `${path}.moved`)
}

function importEntry({ sqlite }: AppDatabase, found: unknown): void {
  const known = entry.safeParse(found)
  const id = known.success ? known.data.id : randomUUID()
  const tokens = tokenFields.safeParse(found)
  const body = known.success && tokens.success ? without(known.data, Object.keys(tokenFields.shape)) : found
  const { changes } = sqlite.prepare('insert or ignore into connections (id, body) values (?, ?)').run(id, JSON.stringify(body))
  if (changes === 0 || !tokens.success) return
  importStatus(sqlite, id, tokens.data)
}

function importStatus(sqlite: AppDatabase['sqlite'], id: string, was: TokenFields): void {
  const ended = was.state === 'revoked' || was.state === 'needs_reconnect'
  sqlite
    .prepare(
      `insert into connection_tokens (connection_id, grant_id, generation, scopes, obtained_at, access_expires_at, state, reason, since, next_try,
         failures, answer_lost, answer_lost_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      was.grantId,
      was.generation,
      JSON.stringify(was.scopesGranted),
      was.since,
      was.accessExpiresAt,
      ended ? 'needs_reconnect' : was.state,
      was.reason === null ? null : JSON.stringify({ kind: ended ? 'refused' : 'outage', words: was.reason }),
      was.since,
      was.nextTryAt,
      was.failures,
      was.answerLost ? 'unanswered' : null,
      was.answerLost ? was.since : null,
    )
  if (!was.attempt) return
  // Opened by a process that is on no list, hence dead: its token is tried again once it has drained.
  sqlite
    .prepare(
      "insert into refresh_attempts (connection_id, grant_id, generation, process_id, opened_at, state) values (?, ?, ?, ?, ?, 'open')",
    )
    .run(id, was.grantId, was.attempt.generation, randomUUID(), was.attempt.openedAt)
}

const secret = z.object({
  grantId: z.string(),
  generation: z.number().int(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  accessExpiresAt: z.number().nullable(),
  refreshExpiresAt: z.number().nullable(),
  obtainedAt: z.number(),
  scopesGranted: z.array(z.string()),
  client: z.object({ clientId: z.string(), clientSecret: z.string().optional() }),
})
type Secret = z.infer<typeof secret>

const secretPrefix = 'connection/'

/** Moves the tokens that the open vault can read. One that it cannot stays where it is. */
export async function importSecrets(database: AppDatabase, vault: Vault, report: (error: AppError) => void): Promise<void> {
  for (const recordId of vault.ids().filter(each => each.startsWith(secretPrefix))) {
    const text = await vault.read(recordId).catch(() => null)
    const parsed = secret.safeParse(parseJson(text ?? ''))
    if (!parsed.success) continue
    try {
      if (database.transaction(() => importSecret(database, vault, recordId.slice(secretPrefix.length), parsed.data)))
        await vault.delete(recordId)
    } catch (error) {
      report(AppError.from(error))
    }
  }
}

/** True when the record in the vault is of no use any more. The secret's own number decides where the two differ. */
function importSecret({ sqlite }: AppDatabase, { sealer }: Vault, id: string, held: Secret): boolean {
  const found = sqlite.prepare('select * from connection_tokens where connection_id = ?').get(id)
  if (!found) return false
  const row = readTokenRow(found)
  if (row.accessToken !== null || row.state === 'disconnected') return true
  const key = { connectionId: id, grantId: held.grantId, generation: Math.max(held.generation, row.generation) }
  sqlite
    .prepare(
      `update connection_tokens set grant_id = ?, generation = ?, access_token = ?, refresh_token = ?, client = ?, scopes = ?, obtained_at = ?,
         access_expires_at = ?, refresh_expires_at = ?, renew_at = ? where connection_id = ?`,
    )
    .run(
      key.grantId,
      key.generation,
      sealer.seal(tokenContext(key, 'access'), held.accessToken),
      held.refreshToken === null ? null : sealer.seal(tokenContext(key, 'refresh'), held.refreshToken),
      sealer.seal(clientContext(key), JSON.stringify(held.client)),
      JSON.stringify(held.scopesGranted),
      held.obtainedAt,
      held.accessExpiresAt,
      held.refreshExpiresAt,
      held.accessExpiresAt,
      id,
    )
  if (held.generation > row.generation) {
    // Killed after the token was written and before the list was.
    sqlite.prepare('delete from refresh_attempts where connection_id = ?').run(id)
    sqlite.prepare("update connection_tokens set state = 'connected', reason = null, next_try = null where connection_id = ?").run(id)
  }
  return true
}

function without(object: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
