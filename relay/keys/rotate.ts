import type { RelayConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { rotateKeys } from './envelope.ts'
import { prepareNextKey, readMasterKeys } from './master.ts'
import { createKeyTables } from './tables.ts'

/**
 * Changes the master key of a relay, also while its nodes run: they go on with the data keys they have opened. After a crash at any moment
 * it can be run again. `instruction` says what is left to do.
 */
export async function rotateMasterKey(config: RelayConfig): Promise<{ wrapped: number; lost: number; instruction: string }> {
  const masters = await readMasterKeys(config)
  const { next, finish } = await prepareNextKey(config)
  const { database, close } = await openRelayDatabase(config)
  try {
    await createKeyTables(database)
    const result = await rotateKeys(database, masters, next)
    await finish()
    const instruction = config.key
      ? 'Set RELAY_KEY to the new key on every node, remove RELAY_NEW_KEY, and start the nodes again one by one.'
      : 'Back up the new key, and start the relay again.'
    return { ...result, instruction }
  } finally {
    await close()
  }
}
