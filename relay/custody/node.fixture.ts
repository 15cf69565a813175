import { join } from 'node:path'
import { z } from 'zod'
import { partyAt } from '../../tokens/provider.fixture.ts'
import { createAudit } from '../audit/audit.ts'
import { openRelayDatabase } from '../database.ts'
import { createEnvelope } from '../keys/envelope.ts'
import { keyIdOf } from '../keys/seal.ts'
import { sealingKey } from '../keys/secrets.ts'
import { createKeyTables } from '../keys/tables.ts'
import { createLog } from '../log.ts'
import { openCustody } from './open.ts'

const order = z.object({ folder: z.string(), databaseUrl: z.string().nullable(), origin: z.string(), ledgerFolder: z.string().optional() })

/** The room of one relay process, with a master key that all of a test share. */
export async function openNode({ folder, databaseUrl, origin, ledgerFolder = join(folder, 'ledger') }: z.infer<typeof order>) {
  const opened = await openRelayDatabase({ databaseUrl, dataFolder: folder })
  const { database } = opened
  await createKeyTables(database)
  const bytes = Buffer.alloc(32, 7)
  const master = { id: keyIdOf(bytes), bytes }
  const envelope = createEnvelope(database, { current: master, all: [master] })
  const custody = await openCustody({
    database,
    envelope,
    audit: await createAudit(database),
    log: createLog(() => {}),
    dataFolder: folder,
    ledgerFolder,
    partyOf: async (_, client) => ({ ...partyAt(origin), client }),
  }).catch(async (error: unknown) => {
    await opened.close()
    throw error
  })
  return {
    custody,
    database,
    key: await sealingKey(database, envelope),
    async close() {
      await custody.close().finally(() => opened.close())
    },
  }
}

const [text] = process.argv.slice(2)
if (text !== undefined && import.meta.main) {
  const node = await openNode(order.parse(JSON.parse(text)))
  process.on('message', async message => {
    const { callers } = z.object({ callers: z.number() }).parse(message)
    const given = await Promise.all(Array.from({ length: callers }, () => node.custody.accessToken('c1')))
    process.send?.({ got: given.map(({ token }) => token.accessToken) })
  })
  process.send?.({ ready: true })
}
