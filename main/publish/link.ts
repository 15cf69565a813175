import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { appId } from '../../core/app/names.ts'
import { publishedLink } from '../../core/contract/publish.ts'
import { writeFileAtomically } from '../../host/files/atomic.ts'
import { asked, type Asked } from './asked.ts'

const { relay, url, version } = publishedLink.shape
const file = z.object({
  relay,
  appId,
  relayId: appId.optional(),
  url: url.optional(),
  version: version.optional(),
  asked: asked.optional(),
})

/**
 * Which app of a relay a folder is. `appId`: its id on this desktop; `relayId`: its id there. `live`: what was live when the folder was last
 * published or taken from there; null before. `asked`: what the relay was asked to make live after that, while it is not known what came of it.
 */
export type Link = {
  relay: string
  appId: string
  relayId: string
  live: Pick<z.infer<typeof publishedLink>, 'url' | 'version'> | null
  asked: Asked | null
}

const fileOf = (root: string) => join(root, '.plugboard', 'published.json')

/** Null when the folder has never been on a relay, or when that is not known any more. */
export async function readLink(root: string): Promise<Link | null> {
  const text = await readFile(fileOf(root), 'utf8').catch(() => 'null')
  try {
    const { url, version, relayId, asked, ...known } = file.parse(JSON.parse(text))
    return { ...known, relayId: relayId ?? known.appId, live: url !== undefined && version ? { url, version } : null, asked: asked ?? null }
  } catch {
    // None, or half a file, from a disk that lost power: the difference is shown as for someone who has not seen it.
    return null
  }
}

export const writeLink = (root: string, { live, asked, ...known }: Link): Promise<void> =>
  writeFileAtomically(
    fileOf(root),
    `${JSON.stringify({ ...known, ...live, ...(asked && { asked }) } satisfies z.infer<typeof file>, null, 2)}\n`,
  )
