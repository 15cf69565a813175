import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../../host/store/engine.ts'

type Options = {
  database: Database
  beatMs: number
  deadAfterMs: number
  /** Another process was found dead: what it had is free. */
  onDead: () => void
  /** This process was taken for dead: it has nothing any more, and goes on under another name. */
  onLost: () => void
  onError: (error: unknown) => void
}

/**
 * Which processes are alive. Each counts up a row of its own; the others watch it by their own steady clocks, so no two clocks are
 * compared. Who stood still himself, or could not reach the database, begins to watch anew.
 */
export function createNodes({ database, beatMs, deadAfterMs, onDead, onLost, onError }: Options) {
  let self = randomUUID()
  let timer: NodeJS.Timeout | undefined
  let lastBeat = performance.now()
  let beating: Promise<void> | null = null
  let isStopped = false
  let onBeat: () => void = () => {}
  const seen = new Map<string, { beats: number; at: number }>()

  async function register(): Promise<void> {
    await database.query(sql`insert into nodes (id, beats) values (${self}, 0)`)
  }

  async function beat(): Promise<void> {
    const at = performance.now()
    if (at - lastBeat > deadAfterMs / 2) seen.clear()
    const mine = await database.query(sql`update nodes set beats = beats + 1 where id = ${self} returning id`)
    if (mine.length === 0) {
      onLost()
      self = randomUUID()
      await register()
    }
    await watch()
    lastBeat = performance.now()
  }

  async function watch(): Promise<void> {
    const rows = await database.query(sql`select id, beats from nodes where id <> ${self}`)
    const at = performance.now()
    for (const row of rows) {
      const [id, beats] = [String(row.id), Number(row.beats)]
      const known = seen.get(id)
      if (known?.beats !== beats) seen.set(id, { beats, at })
      else if (at - known.at > deadAfterMs) await bury(id, beats)
    }
    for (const id of seen.keys()) if (!rows.some(row => row.id === id)) seen.delete(id)
  }

  async function bury(id: string, beats: number): Promise<void> {
    const gone = await database.query(sql`delete from nodes where id = ${id} and beats = ${beats} returning id`)
    seen.delete(id)
    if (gone.length > 0) onDead()
  }

  function turn(): void {
    beating = beat()
      .then(() => onBeat(), onError)
      .finally(() => {
        beating = null
        if (!isStopped) timer = setTimeout(turn, beatMs)
      })
  }

  return {
    self: () => self,
    async start(listener: () => void): Promise<void> {
      onBeat = listener
      // Nobody else can work on this database: who is still noted died.
      if (!database.peers) await database.query(sql`delete from nodes`)
      await register()
      turn()
    },
    async stop(): Promise<void> {
      isStopped = true
      clearTimeout(timer)
      await beating
      // When it cannot be said, the others find out.
      await database.query(sql`delete from nodes where id = ${self}`).catch(() => {})
      database.peers?.wake()
    },
  }
}
