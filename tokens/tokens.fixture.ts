import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppError } from '../core/errors.ts'
import { openDatabase } from '../host/store/database.ts'
import type { Grant } from '../oauth/grant.ts'
import { refresh } from '../oauth/refresh.ts'
import type { Party } from '../oauth/server.ts'
import type { TokenDatabase } from './database.ts'
import { livesOf } from './grant-fields.ts'
import { adoptGrant } from './grants.ts'
import { enterProcess, enterUnproved } from './processes.ts'
import type { Rotation, Takeover } from './rotation.ts'
import { readTokenRow } from './row.ts'
import { tokenContext, type Sealer } from './sealer.ts'
import { sqliteTokens } from './sqlite.ts'
import { usualTiming, type Timing } from './timing.ts'
import { createTokens, type TokensOptions } from './tokens.ts'

type Teardown = { after(end: () => Promise<void> | void): void }

/** The protocol's times, a thousandth of them where a test has to wait for one. */
export const shortTiming: Timing = { ...usualTiming, drainMs: 60, pollMs: 5, retryMs: 20, longestRetryMs: 80, closeMs: 20 }

/** AES-256-GCM with a key made from a word. */
export function sealerOf(word: string): Sealer {
  const key = createHash('sha256').update(word).digest()
  return {
    seal(context, value) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      cipher.setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
    },
    open(context, sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
        decipher.setAAD(Buffer.from(context))
        decipher.setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
    hash: value => createHmac('sha256', key).update(value).digest('hex'),
  }
}

export type Member = {
  folder: string
  party: Party
  rotation?: Rotation
  timing?: Partial<Timing>
  takeover?: Takeover
  /** The database's clock. Without it, the machine's. */
  now?: () => number
  name?: string
  idleDays?: number | null
  through?: (database: TokenDatabase) => TokenDatabase
  options?: Partial<TokensOptions>
}

/** One process's share: several of them in one test are several processes to each other, in one or in many of the machine's. */
export async function joinTokens(t: Teardown, member: Member) {
  const { folder, party, rotation = { class: 'strict' }, takeover = { by: 'proof' }, name = 'pid 1', idleDays = null } = member
  const file = openDatabase(join(folder, 'connections.db'))
  const kept = sqliteTokens(file, member.now)
  const database = member.through?.(kept) ?? kept
  const own =
    takeover.by === 'proof'
      ? await enterProcess(database, { folder: join(folder, 'processes'), nodeId: 'test', name })
      : await enterUnproved(database, { nodeId: name, name })
  const reports: AppError[] = []
  const sealer = sealerOf('key')
  const tokens = createTokens({
    database,
    sealer,
    timing: { ...shortTiming, ...member.timing },
    takeover,
    process: own,
    reach: async (_, client) => ({ rotation, idleDays, refresh: request => refresh({ ...party, client, ...request }) }),
    changed: () => {},
    report: error => reports.push(error),
    ...member.options,
  })
  t.after(async () => {
    await tokens.close()
    file.close()
  })
  return {
    tokens,
    database,
    file,
    reports,
    own,
    /** Keeps what a sign-in gave. Its access token lives for `lifeMs`, by default not at all. */
    adopt: (grant: Grant, lifeMs: number | null = 0) =>
      database.transaction(() =>
        adoptGrant({ database, sealer }, 'c1', {
          grant,
          client: party.client,
          lives: { ...livesOf(grant, 0, idleDays), accessLifeMs: lifeMs },
        }),
      ),
    row() {
      const found = file.sqlite.prepare('select * from connection_tokens').get()
      return readTokenRow(found)
    },
    refreshToken() {
      const found = readTokenRow(file.sqlite.prepare('select * from connection_tokens').get())
      return found.refreshToken === null ? null : sealer.open(tokenContext(found, 'refresh'), found.refreshToken)
    },
    spareToken() {
      const found = readTokenRow(file.sqlite.prepare('select * from connection_tokens').get())
      return found.spareToken === null ? null : sealer.open(tokenContext(found, 'spare'), found.spareToken)
    },
    attempts: () => file.sqlite.prepare('select fence, generation, state, ending from refresh_attempts order by fence').all(),
  }
}

export function temporaryFolder(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-tokens-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
