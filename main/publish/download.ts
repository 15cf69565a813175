import type { Version } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import type { Patience } from './patience.ts'
import { liveOf, type RelayReleases } from './relay-releases.ts'
import { fetchPieces } from './transfer.ts'

export type Download = { live: Version; url: string; files: Map<string, Uint8Array> }

/** The live files of an app of the relay, by path. Errors: `not_found` when nothing is live there. */
export async function downloadLive(relay: RelayReleases, id: string, pause?: Patience['pause']): Promise<Download> {
  const found = await relay.app(id)
  const live = liveOf(found)
  if (!found || !live) throw new AppError('not_found', 'This app is not on the relay any more.')
  const manifest = (await relay.manifest(id, live.releaseId)).filter(({ path }) => !path.includes('node_modules/'))
  const pieces = new Map<string, Uint8Array>()
  const unique = new Map(manifest.map(file => [file.sha256, file]))
  await fetchPieces(relay, id, [...unique.values()], (hash, bytes) => void pieces.set(hash, bytes), { waiting: () => {}, pause })
  return { live, url: found.url, files: new Map(manifest.map(({ path, sha256 }) => [path, pieces.get(sha256) ?? new Uint8Array(0)])) }
}
