import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { takeLock, type Lock } from '../host/files/lock.ts'
import type { TokenDatabase } from './database.ts'

/** One process that renews tokens, as the others see it. */
export type OwnProcess = {
  id: string
  /** Takes those of these processes off the list that are proved dead. True when there was one. */
  bury(processIds: readonly string[]): Promise<boolean>
  /** It renews nothing any more. */
  end(): Promise<void>
}

/**
 * Enters this process in `processes`, which names who may be alive. Each holds a lock of the operating system on a file of its own from
 * start to end; it is freed with the process and not while that is stopped, so who gets the lock has the proof of death. Lost database
 * connections, missed heartbeats and lease times are none. Files of another node are not here: its processes are never proved dead here.
 */
export async function enterProcess(
  database: TokenDatabase,
  { folder, nodeId, name }: { folder: string; nodeId: string; name: string },
): Promise<OwnProcess> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const id = randomUUID()
  const fileOf = (processId: string) => join(folder, `${processId}.lock`)
  const lock: Lock | null = takeLock(fileOf(id))
  if (!lock) throw new Error(`Someone else holds ${fileOf(id)}.`)
  // The lock comes first: whoever is on the list without it is dead.
  await database.query(
    sql`insert into processes (process_id, node_id, name, started_at) values (${id}, ${nodeId}, ${name}, ${database.now()})`,
  )

  async function takeOff(processId: string, itsLock: Lock): Promise<void> {
    await database.query(sql`delete from processes where process_id = ${processId}`)
    itsLock.release()
    await rm(fileOf(processId), { force: true })
  }

  return {
    id,
    async bury(processIds) {
      let found = false
      for (const processId of processIds) {
        const [sameNode] = await database.query(sql`select 1 as one from processes where process_id = ${processId} and node_id = ${nodeId}`)
        const itsLock = processId === id || !sameNode ? null : takeLock(fileOf(processId))
        if (!itsLock) continue
        await takeOff(processId, itsLock)
        found = true
      }
      return found
    },
    end: () => takeOff(id, lock),
  }
}

/** A process of a node whose deaths nobody can prove: its attempts are passed over with patience alone. */
export async function enterUnproved(database: TokenDatabase, { nodeId, name }: { nodeId: string; name: string }): Promise<OwnProcess> {
  const id = randomUUID()
  await database.query(
    sql`insert into processes (process_id, node_id, name, started_at) values (${id}, ${nodeId}, ${name}, ${database.now()})`,
  )
  return {
    id,
    bury: async () => false,
    end: async () => void (await database.query(sql`delete from processes where process_id = ${id}`)),
  }
}
