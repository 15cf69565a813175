import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { sha256 } from '../../core/release/manifest.ts'
import type { AppReleases, Version } from '../../core/contract/releases.ts'
import type { LiveOutcome, Outcome } from './publish-release.ts'
import { limitMs } from '../relay/answers.ts'
import { liveOf, type RelayReleases } from './relay-releases.ts'

/** What a relay was asked to make live: a release, or an earlier version by its number. */
export const asked = z.union([z.object({ releaseId: sha256 }), z.object({ number: z.number().int() })])
export type Asked = z.infer<typeof asked>

/** What is live, if it is what was asked for. */
export function liveAsAsked(found: AppReleases, wish: Asked | null): LiveOutcome | null {
  const version = liveOf(found)
  if (!found || !version || !wish || !isAsked(version, wish)) return null
  return { type: 'live', version, url: found.url, changed: true }
}

const isAsked = (version: Version, wish: Asked): boolean =>
  'number' in wish ? version.number === wish.number : version.releaseId === wish.releaseId

/**
 * How it ended when the answer was lost: the relay goes on to its end whoever listens, so it is asked what is live. Throws `error` when
 * nothing has changed. `name`: what was to be live, for the user.
 */
export async function endOf(relay: RelayReleases, appId: string, wish: Asked, name: string, error: AppError): Promise<Outcome> {
  const found = await relay.app(appId, AbortSignal.timeout(limitMs)).catch(AppError.from)
  if (found instanceof AppError) return { type: 'unknown', error: notKnown(name, wish, found).toJSON() }
  const live = liveAsAsked(found, wish)
  if (live) return live
  throw error
}

const notKnown = (name: string, wish: Asked, cause: AppError) =>
  new AppError(
    'unavailable',
    `It is not known whether ${name} went live, because the relay does not answer. ${'number' in wish ? 'Roll back' : 'Publish'} again to see.`,
    { action: { kind: 'retry' }, cause },
  )
