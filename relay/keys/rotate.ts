import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'
import { createAudit } from '../audit/audit.ts'
import type { RelayConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { rotateKeys } from './envelope.ts'
import { prepareNextKey, readMasterKeys } from './master.ts'
import { createMemberTables } from '../members/tables.ts'
import { createKeyTables } from './tables.ts'

/**
 * Changes the master key of a relay, also while its nodes run: they go on with the data keys that they opened at their start, and make no
 * new ones until they are started again. After a crash at any moment it can be run again. `instruction` says what is left to do. Errors:
 * `unavailable` when the key at hand was replaced before.
 */
export async function rotateMasterKey(config: RelayConfig): Promise<{ wrapped: number; lost: number; instruction: string }> {
  const masters = await readMasterKeys(config)
  const { next, finish } = await prepareNextKey(config)
  const { database, close } = await openRelayDatabase(config)
  try {
    await createKeyTables(database)
    const result = await rotateKeys(database, masters, next)
    await finish()
    await noteRotation(database, result.wrapped)
    const instruction = config.key
      ? 'Set RELAY_KEY to the new key on every node, remove RELAY_NEW_KEY, and start the nodes again one by one.'
      : 'Back up the new key, and start the relay again.'
    return { ...result, instruction }
  } finally {
    await close()
  }
}

/** In the log of every workspace: this key protects them all. Who may start the command is known to the machine alone. */
async function noteRotation(database: Database, wrapped: number): Promise<void> {
  await createMemberTables(database)
  const audit = await createAudit(database)
  await database.transaction(function* () {
    for (const { id } of yield sql`select id from workspaces`)
      yield* audit.note({
        workspaceId: String(id),
        actor: null,
        action: 'keys.rotated',
        subject: wrapped === 1 ? '1 data key' : `${wrapped} data keys`,
      })
  })
}
