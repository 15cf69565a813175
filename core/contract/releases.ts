import { z } from 'zod'
import { appId } from '../app/names.ts'
import { releaseLimits, sha256 } from '../release/manifest.ts'
import { errorShape } from './base.ts'

// What a relay answers its desktops below `/api/relay/apps`. Bodies of pieces are frames: see core/release/frames.ts.

/** A piece that the relay has not got whole: its bytes from `offset` on are wanted. */
export const missingPiece = z.object({ sha256, size: z.number().int().min(0), offset: z.number().int().min(0) })
export type MissingPiece = z.infer<typeof missingPiece>

const appName = z.string().trim().min(1).max(80)
export const freePlaceRequest = z.object({ name: appName })

/** `POST /<app>/releases`. `files` is checked by `readManifest`, which says more than a schema does. */
export const draftRequest = z.object({ name: appName, files: z.array(z.unknown()) })
/** Its answer, and that of `PUT /<app>/releases/<release>/pieces`. */
export const draft = z.object({ releaseId: sha256, missing: z.array(missingPiece) })
export type Draft = z.infer<typeof draft>

/** A release that was live. `by` is the name of whoever published it, `at` ISO time. */
export const version = z.object({
  number: z.number().int(),
  releaseId: sha256,
  title: z.string(),
  by: z.string(),
  at: z.string(),
})
export type Version = z.infer<typeof version>

/** `GET /`: one of the apps of a workspace. `url`: where people use it. */
export const publishedApp = z.object({ id: appId, name: z.string(), url: z.string(), live: version })
export type PublishedApp = z.infer<typeof publishedApp>

/**
 * `GET /<app>`: null when nothing was ever published under this id. `since`: when it was first published (ISO time). `versions`: newest first,
 * those that one can roll back to.
 */
export const appReleases = z
  .object({ name: z.string(), since: z.string(), url: z.string(), live: z.number().int(), versions: z.array(version) })
  .nullable()
export type AppReleases = z.infer<typeof appReleases>

/** `GET /<app>/free-place?name=<name>`: an id that no app has yet, this one if possible, and where an app of it would be used. */
export const freePlace = z.object({ id: appId, url: z.string() })
export type FreePlace = z.infer<typeof freePlace>

/** `GET /<app>/releases/<release>`: the files, to be read by `readManifest`. */
export const releaseFiles = z.object({ files: z.array(z.unknown()) })

/** `POST /<app>/pieces`: which pieces of the app's releases to send, and from where on. */
export const piecesRequest = z.object({ pieces: z.array(z.object({ sha256, offset: z.number().int().min(0) })).max(releaseLimits.files) })

/** The number of the version that the one who publishes has seen live. Null: none. Another one is live: `conflict`. */
const base = z.number().int().nullable()
export const versionTitle = z.string().trim().min(1).max(120)

/** `POST /<app>/versions`: makes a release live that is there whole. */
export const versionRequest = z.object({ releaseId: sha256, base, title: versionTitle })
/** `POST /<app>/live`: makes an earlier version live again. */
export const rollBackRequest = z.object({ number: z.number().int(), base })

export const activationSteps = ['checked', 'unpacked', 'prepared'] as const

/** A line of the answer to both, `application/x-ndjson`. The last one is `live`, `missing` or `failed`; after any but `live` nothing has changed. */
export const activationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: z.enum(activationSteps) }),
  /** `changed` is false when this release was live before. */
  z.object({ type: z.literal('live'), version, url: z.string(), changed: z.boolean() }),
  z.object({ type: z.literal('missing'), missing: z.array(missingPiece) }),
  z.object({ type: z.literal('failed'), error: errorShape }),
])
export type ActivationEvent = z.infer<typeof activationEvent>
