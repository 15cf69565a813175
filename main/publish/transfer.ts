import type { MissingPiece } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { frameHead } from '../../core/release/frames.ts'
import type { Manifest, ReleaseFile } from '../../core/release/manifest.ts'
import { sha256Of } from '../../host/files/release-folder.ts'
import { withPatience, type Patience } from './patience.ts'
import type { RelayReleases } from './relay-releases.ts'

/** What one request sends: little enough for a slow line to finish before the relay loses its patience. */
const requestBytes = 4 * 1024 * 1024
/** A piece that arrives damaged is forgotten there. More than this often, something changes it on its way. */
const mostDamaged = 3

export type Sent = { sentBytes: number; totalBytes: number }

export type Upload = {
  relay: RelayReleases
  appId: string
  name: string
  files: Manifest
  bytesOf: (file: ReleaseFile) => Promise<Uint8Array>
  patience: Patience
  told: (sent: Sent) => void
}

/** Brings to the relay what it lacks of a release, whatever the network does to it. Gives the release's id, and what had to travel. */
export async function sendRelease({ relay, appId, name, files, bytesOf, patience, told }: Upload): Promise<Sent & { releaseId: string }> {
  const { signal } = patience
  const byHash = new Map(files.map(file => [file.sha256, file]))
  let totalBytes: number | null = null
  let damaged = 0
  return withPatience(patience, async progress => {
    let { releaseId, missing } = await relay.propose(appId, name, files, signal)
    progress()
    totalBytes ??= restOf(missing)
    const whole = totalBytes
    const sent = () => ({ totalBytes: whole, sentBytes: Math.max(0, whole - restOf(missing)) })
    told(sent())
    while (missing.length > 0) {
      const body = await packRequest(missing, byHash, bytesOf)
      try {
        ;({ missing } = await relay.send(appId, releaseId, body, signal))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'validation' || damaged === mostDamaged) throw error
        damaged += 1
        ;({ missing } = await relay.propose(appId, name, files, signal))
      }
      progress()
      told(sent())
    }
    return { releaseId, ...sent() }
  })
}

const restOf = (missing: readonly MissingPiece[]): number => missing.reduce((sum, { size, offset }) => sum + size - offset, 0)

/** As many pieces as fit into one request, the last one perhaps in part. */
async function packRequest(
  missing: readonly MissingPiece[],
  files: ReadonlyMap<string, ReleaseFile>,
  bytesOf: (file: ReleaseFile) => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chosen: MissingPiece[] = []
  let bytes = 0
  for (const piece of missing) {
    if (chosen.length > 0 && bytes + piece.size - piece.offset > requestBytes) break
    chosen.push(piece)
    bytes += piece.size - piece.offset
  }
  const frames = await Promise.all(
    chosen.map(async ({ sha256, size, offset }) => {
      const file = files.get(sha256)
      if (!file) throw new AppError('internal', 'The relay asks for a file that this app has not got. Publish again.')
      return [frameHead({ sha256, size, offset }), (await bytesOf(file)).subarray(offset)]
    }),
  )
  return Buffer.concat(frames.flat())
}

/** Brings pieces from the relay, each whole and what its hash says. `take` is handed each once. */
export async function fetchPieces(
  relay: RelayReleases,
  appId: string,
  wanted: readonly { sha256: string; size: number }[],
  take: (sha256: string, bytes: Uint8Array) => void,
  patience: Patience,
): Promise<void> {
  const rest = new Map(wanted.map(({ sha256, size }) => [sha256, { size, chunks: [] as Uint8Array[], offset: 0 }]))
  await withPatience(patience, async progress => {
    if (rest.size === 0) return
    const asked = Array.from(rest, ([sha256, { offset }]) => ({ sha256, offset }))
    for await (const { sha256, size, offset, bytes } of relay.fetch(appId, asked, patience.signal)) {
      const piece = rest.get(sha256)
      if (!piece || size !== piece.size || offset !== piece.offset) throw damagedOnTheWay()
      piece.chunks.push(bytes)
      piece.offset += bytes.length
      if (piece.offset < size) continue
      const whole = Buffer.concat(piece.chunks)
      if (sha256Of(whole) !== sha256) throw damagedOnTheWay()
      rest.delete(sha256)
      take(sha256, whole)
      progress()
    }
    if (rest.size > 0)
      throw new AppError('unavailable', 'The relay sent less than it was asked for. Try again.', { action: { kind: 'retry' } })
  })
}

const damagedOnTheWay = () =>
  new AppError('internal', 'A file from the relay is not what it was when it was published. Ask whoever published it to do so again.')
