import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { tools } from '../../connectors/catalogue.ts'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import type { TokenDatabase } from '../../tokens/database.ts'
import { openTokenTables } from '../../tokens/tables.ts'
import { usualTiming, type Timing } from '../../tokens/timing.ts'
import type { Audit } from '../audit/audit.ts'
import type { Envelope } from '../keys/envelope.ts'
import { sealingKey } from '../keys/secrets.ts'
import type { Log } from '../log.ts'
import { createCustody, type Custody } from './custody.ts'
import { idIn } from './folder-id.ts'
import type { CustodyGround } from './handle.ts'
import { openLedger, type Ledger } from './ledger.ts'
import { compareWithLedger } from './start.ts'
import { createCustodyTables } from './tables.ts'
import { createWithdrawals, createWithdrawalTables } from './withdrawals.ts'
import { custodyHolder, isWithAny, openRelayTokens, type Holder, type PartyOf } from './tokens.ts'

export type CustodySettings = {
  database: Database
  envelope: Envelope
  audit: Audit
  log: Log
  dataFolder: string
  /** Where the ledger is kept: away from the database, and the same for all nodes. */
  ledgerFolder: string
  /** The one that it takes the place of, which is lost. */
  lostLedger?: string | null
  partyOf: PartyOf
  /** Who else keeps connections that are renewed here. */
  others?: readonly Holder[]
  admit?: CustodyGround['admit']
  timing?: Partial<Timing>
  returningMs?: number
  now?: () => number
  /** The accounts that an app on this relay works with have changed. */
  moved?(appId: string): void
}

/** Opens the room: tables, ledger, tokens. After a restore it says so. Errors: `conflict` when the ledger is not that of the database. */
export async function openCustody(settings: CustodySettings): Promise<Custody> {
  const { database, ledgerFolder } = settings
  await createCustodyTables(database)
  await createWithdrawalTables(database)
  const tokens = await openTokenTables(database)
  const ledger = await openLedger(ledgerFolder)
  try {
    return await openWith(settings, tokens, ledger)
  } catch (error) {
    await ledger.close()
    throw error
  }
}

async function openWith(settings: CustodySettings, tokens: TokenDatabase, ledger: Ledger): Promise<Custody> {
  const { database, envelope, audit, log, dataFolder, lostLedger = null, now = Date.now, timing, others = [], moved = () => {} } = settings
  const { unsure } = await compareWithLedger({ database, ledger, lostLedger, now })
  if (unsure > 0)
    log.warn(
      'The database was restored from a backup, or the ledger is lost. Connections wait for their desktops, or to be connected again.',
      {
        unsure,
      },
    )
  const { partyOf } = settings
  const renewing = await openRelayTokens({
    database,
    tokens,
    envelope,
    dataFolder,
    timing,
    // Who runs an app asks for a token whenever it needs one, and looks at its state then.
    changed: () => {},
    nodeId: await nodeIdIn(dataFolder),
    holders: [custodyHolder(database, partyOf), ...others],
    report: error => log.report(error),
  })
  const withdrawals = createWithdrawals({ database, envelope, partyOf })
  const finishing = withdrawals.finishAll().catch((error: unknown) => log.report(AppError.from(error)))
  const custody = createCustody({
    withdrawals,
    database,
    tokens,
    envelope,
    ledger,
    audit,
    renewing,
    partyOf,
    returningMs: settings.returningMs,
    moved,
    key: await sealingKey(database, envelope, now),
    drainMs: timing?.drainMs ?? usualTiming.drainMs,
    isOthers: connectionId => isWithAny(others, connectionId),
    admit: settings.admit ?? (async () => {}),
    idleDaysOf: connector => tools[connector]?.provider.refreshIdleDays ?? null,
    providerName: connector => tools[connector]?.provider.name ?? connector,
  })
  return {
    ...custody,
    async close() {
      await finishing
      await custody.close().finally(() => ledger.close())
    },
  }
}

/** Names this machine to the other nodes. */
async function nodeIdIn(dataFolder: string): Promise<string> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  return idIn(join(dataFolder, 'node-id'))
}
