import { sql } from 'kysely'
import type { MissingPiece } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { readFrames, type Arrived, type Part } from '../../core/release/frames.ts'
import type { Manifest } from '../../core/release/manifest.ts'
import { sha256Of } from '../../host/files/release-folder.ts'
import type { Database, Steps } from '../../host/store/engine.ts'

/** So much is kept in memory of an upload before it is written down; what a killed relay may lose of it. */
const batchBytes = 1024 * 1024
const atOnce = 500

type Piece = { sha256: string; size: number }

export type Pieces = {
  /** What is not there whole, in the order of the files, each piece once. */
  missing(workspaceId: string, files: Manifest): Promise<MissingPiece[]>
  /**
   * Keeps the parts of pieces that are wanted, as far as they come: a stream that is cut at any byte leaves the bytes before the cut.
   * Errors: `validation` for what is damaged (it is forgotten), not wanted, or no such stream; and whatever the stream ends with.
   */
  take(workspaceId: string, wanted: readonly Piece[], chunks: AsyncIterable<Uint8Array>): Promise<void>
  /** The bytes of a whole piece from `offset` on. Errors: `not_found`. */
  read(workspaceId: string, sha256: string, offset?: number): Promise<Uint8Array>
  /** Forgets what no release of the workspace holds, within a transaction. */
  prune(workspaceId: string): Steps<void>
}

export function createPieces(database: Database): Pieces {
  /** Keeps one part. False when the piece is complete now and is not what its name says. */
  function* keep(workspaceId: string, { sha256, size, offset, bytes }: Arrived): Steps<boolean> {
    yield sql`insert into pieces (workspace_id, sha256, size, received, whole) values (${workspaceId}, ${sha256}, ${size}, 0, 0)
      on conflict (workspace_id, sha256) do nothing`
    const [row] =
      yield sql`select received, whole from pieces where workspace_id = ${workspaceId} and sha256 = ${sha256} ${database.forUpdate}`
    // Someone else sends the same piece and is ahead: theirs is as good, and what is still missing will be asked for.
    if (!row || Number(row['whole']) === 1 || Number(row['received']) !== offset) return true
    if (bytes.length > 0)
      yield sql`insert into piece_parts (workspace_id, sha256, at, bytes) values (${workspaceId}, ${sha256}, ${offset}, ${bytes})`
    const received = offset + bytes.length
    const isGood = received < size || sha256Of(offset === 0 ? bytes : yield* content(workspaceId, sha256)) === sha256
    if (!isGood) yield sql`delete from piece_parts where workspace_id = ${workspaceId} and sha256 = ${sha256}`
    yield sql`update pieces set received = ${isGood ? received : 0}, whole = ${isGood && received === size ? 1 : 0}
      where workspace_id = ${workspaceId} and sha256 = ${sha256}`
    return isGood
  }

  function* content(workspaceId: string, sha256: string): Steps<Uint8Array> {
    const rows = yield sql`select bytes from piece_parts where workspace_id = ${workspaceId} and sha256 = ${sha256} order by at`
    return Buffer.concat(rows.map(row => row['bytes'] as Uint8Array))
  }

  async function write(workspaceId: string, parts: readonly Arrived[]): Promise<void> {
    // In one order everywhere, so that two uploads at once do not wait for each other in a circle.
    const ordered = parts.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : a.offset - b.offset))
    const allGood = await database.transaction(function* () {
      let good = true
      for (const part of ordered) good = (yield* keep(workspaceId, part)) && good
      return good
    })
    if (!allGood) throw new AppError('validation', 'A file arrived damaged. Publish again: only what is missing is sent.')
  }

  return {
    async missing(workspaceId, files) {
      const all = new Map(files.map(({ sha256, size }): [string, MissingPiece] => [sha256, { sha256, size, offset: 0 }]))
      const hashes = [...all.keys()]
      for (let at = 0; at < hashes.length; at += atOnce) {
        const rows = await database.query(sql`select sha256, size, received, whole from pieces
          where workspace_id = ${workspaceId} and sha256 in (${sql.join(hashes.slice(at, at + atOnce))})`)
        for (const row of rows) {
          const sha256 = String(row['sha256'])
          if (Number(row['whole']) === 1) all.delete(sha256)
          else all.set(sha256, { sha256, size: Number(row['size']), offset: Number(row['received']) })
        }
      }
      return [...all.values()]
    },

    async take(workspaceId, wanted, chunks) {
      const sizes = new Map(wanted.map(({ sha256, size }) => [sha256, size]))
      let parts: { part: Part; end: number; chunks: Uint8Array[] }[] = []
      let held = 0
      const flush = async () => {
        const arrived = parts.map(({ part, chunks }) => ({ ...part, bytes: Buffer.concat(chunks) }))
        parts = []
        held = 0
        if (arrived.length > 0) await write(workspaceId, arrived)
      }
      try {
        for await (const { bytes, ...part } of readFrames(chunks)) {
          if (sizes.get(part.sha256) !== part.size)
            throw new AppError('validation', 'What was sent is not part of this release. Publish again.')
          const last = parts.at(-1)
          const end = part.offset + bytes.length
          if (last?.part.sha256 === part.sha256 && part.offset === last.end && bytes.length > 0) {
            last.chunks.push(bytes)
            last.end = end
          } else parts.push({ part, end, chunks: [bytes] })
          held += bytes.length
          if (held >= batchBytes) await flush()
        }
      } finally {
        await flush()
      }
    },

    async read(workspaceId, sha256, offset = 0) {
      const bytes = await database.transaction(function* () {
        const [row] = yield sql`select whole from pieces where workspace_id = ${workspaceId} and sha256 = ${sha256}`
        return Number(row?.['whole']) === 1 ? yield* content(workspaceId, sha256) : null
      })
      if (!bytes) throw new AppError('not_found', 'A file of this release is not on the relay any more. Publish the app again.')
      return bytes.subarray(offset)
    },

    *prune(workspaceId) {
      yield sql`delete from pieces where workspace_id = ${workspaceId} and not exists (select 1 from release_pieces p
        join apps a on a.id = p.app_id where a.workspace_id = ${workspaceId} and p.sha256 = pieces.sha256)`
    },
  }
}
