import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { relayRun, type RelayRun } from '../../core/custody/messages.ts'
import { syncFolder } from '../../host/files/atomic.ts'
import { idIn } from './folder-id.ts'

const mark = z.object({
  connectionId: z.string(),
  workspaceId: z.string(),
  userId: z.string(),
  seq: z.number().int(),
  own: z.number().int(),
  keeper: z.string().default(''),
})
/** How far one connection had come. */
export type Mark = z.infer<typeof mark>

const line = z.union([mark, z.object({ run: relayRun })])

const ending = '.jsonl'

/** What the ledger remembers. `unreadable`: something of it cannot be read, so it may not know all. */
export type Remembered = { marks: ReadonlyMap<string, Mark>; runNumber: number; unreadable: boolean }

/**
 * What was promised to desktops, outside the database: after a restore from a backup the ledger is ahead, and the relay knows that it has
 * forgotten something. Append-only, durable before it resolves. Its folder belongs on another disk than the database, which nodes share
 * and no restore touches; each process writes a file of its own there.
 */
export type Ledger = {
  folder: string
  /** Names the folder. A database notes it, and so notices a folder that is not the one it was used with. */
  id: string
  read(): Promise<Remembered>
  /** Writes a mark unless this process has written it, or a later one, before. */
  reach(mark: Mark): Promise<void>
  noteRun(run: RelayRun): Promise<void>
  close(): Promise<void>
}

export async function openLedger(folder: string): Promise<Ledger> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const id = await idIn(join(folder, 'id'))
  const written = new Map<string, number>()
  let part: Part | null = null
  let last: Promise<void> = Promise.resolve()

  function append(entry: z.input<typeof line>): Promise<void> {
    const turn = last.then(() => write(entry))
    last = turn.catch(() => {})
    return turn
  }

  async function write(entry: z.input<typeof line>): Promise<void> {
    const { path, file, isEmpty } = (part ??= await create(folder))
    try {
      await file.appendFile(`${JSON.stringify(entry)}\n`)
      await file.datasync()
      // The name of a file is durable with its folder.
      if (isEmpty) await syncFolder(folder)
      part.isEmpty = false
    } catch (error) {
      // A full disk may have taken half of the line. The next one would be glued to it, so it goes into another file.
      part = null
      await file.close().catch(() => {})
      if (isEmpty) await rm(path).catch(() => {})
      throw error
    }
  }

  return {
    folder,
    id,
    async read() {
      const marks = new Map<string, Mark>()
      let [runNumber, unreadable] = [0, false]
      for (const name of await readdir(folder)) {
        if (!name.endsWith(ending)) continue
        for (const text of await wholeLines(join(folder, name))) {
          const found = parse(text)
          if (!found) unreadable = true
          else if ('run' in found) runNumber = Math.max(runNumber, found.run.number)
          else {
            const known = marks.get(found.connectionId)
            marks.set(found.connectionId, {
              ...(known && known.seq > found.seq ? known : found),
              seq: Math.max(found.seq, known?.seq ?? 0),
              own: Math.max(found.own, known?.own ?? 0),
            })
          }
        }
      }
      return { marks, runNumber, unreadable }
    },
    async reach(entry) {
      if ((written.get(entry.connectionId) ?? 0) >= entry.seq) return
      await append(entry)
      written.set(entry.connectionId, Math.max(entry.seq, written.get(entry.connectionId) ?? 0))
    },
    noteRun: run => append({ run }),
    close: async () => {
      await last
      await part?.file.close()
    },
  }
}

/** The file that this process writes to. `isEmpty`: it has no whole line yet. */
type Part = { path: string; file: FileHandle; isEmpty: boolean }

async function create(folder: string): Promise<Part> {
  const path = join(folder, `${randomUUID()}${ending}`)
  return { path, file: await open(path, 'ax', 0o600), isEmpty: true }
}

/** Without a last one that a crash or a full disk cut off: it was never answered for. */
async function wholeLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Another process could not write its first line, and has removed the file since.
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').slice(0, -1)
}

function parse(text: string): z.infer<typeof line> | null {
  try {
    return line.parse(JSON.parse(text))
  } catch {
    return null
  }
}
