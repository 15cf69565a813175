import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { appId } from '../app/names.ts'
import { connection } from '../connection.ts'
import { errorShape, procedure } from './base.ts'
import { publishedApp, version, versionTitle } from './releases.ts'

const inApp = z.object({ appId })
const nothing = z.object({})
/** The number of the version that the user has seen live. Null: none. */
const base = z.number().int().nullable()

/** In this order. `check` to `hand`, which gives accounts to the relay, are begun by the desktop, the others happen on the relay: it goes on to their end whoever listens. */
export const relaySteps = ['start', 'switch'] as const
export const publishSteps = ['check', 'pack', 'send', 'hand', ...relaySteps] as const
export type PublishStep = (typeof publishSteps)[number]

/** `note`: what there is to say of a step, such as “24 files”. Times in ms. */
export const stepState = z.object({
  step: z.enum(publishSteps),
  state: z.enum(['ahead', 'running', 'done']),
  note: z.string(),
  tookMs: z.number().nullable(),
})

/** A publish or a roll back, under way or over. */
export const publishJob = z.object({
  kind: z.enum(['publish', 'roll back']),
  startedAt: z.string(),
  steps: z.array(stepState),
  /** Why it waits by itself: the relay cannot be reached. */
  held: z.string().nullable(),
  /** False from when the relay is asked to make it live. */
  canCancel: z.boolean(),
  outcome: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('live'), version, url: z.string(), changed: z.boolean() }),
      z.object({ type: z.literal('failed'), error: errorShape }),
      /** The relay was asked to make it live, and does not answer any more. */
      z.object({ type: z.literal('unknown'), error: errorShape }),
      /** `given`: the names of the accounts that were on the relay by then, where they stay. */
      z.object({ type: z.literal('cancelled'), given: z.array(z.string()) }),
    ])
    .nullable(),
})
export type PublishJob = z.infer<typeof publishJob>

/** What this desktop last knew to be live of an app, and on which relay. */
export const publishedLink = z.object({ relay: z.string(), url: z.string(), version })
export type PublishedLink = z.infer<typeof publishedLink>

/** A difference, told as what it means. `theirs`: someone else published it since, and publishing would take it back. */
export const releaseChange = z.object({
  kind: z.enum(['added', 'changed', 'removed']),
  part: z.enum(['app', 'entity', 'flow', 'function', 'page', 'connector', 'packages', 'file']),
  name: z.string(),
  detail: z.string(),
  paths: z.array(z.string()),
  theirs: z.boolean(),
})
export type ReleaseChange = z.infer<typeof releaseChange>

/** `error` keeps from publishing; `warning` tells what will wait or should be looked at. */
export const releaseCheck = z.object({
  state: z.enum(['ok', 'warning', 'error']),
  text: z.string(),
  detail: z.string(),
  action: errorShape.shape.action,
})
export type ReleaseCheck = z.infer<typeof releaseCheck>

export const publishPreview = z.object({
  relay: z.object({ url: z.string(), name: z.string() }),
  /** Where the app is used; null before its first version. */
  url: z.string().nullable(),
  /** Where it is used, or will be. */
  address: z.string(),
  /**
   * Another app has the address: one of the workspace that this folder never came from, and that `live` and `changes` tell of; or one of another
   * workspace, of which nothing is told. `free`: the address that it can have as an app of its own.
   */
  taken: z.object({ app: z.object({ name: z.string(), since: z.string() }).nullable(), free: z.string() }).nullable(),
  live: version.nullable(),
  /** Newest first. */
  versions: z.array(version),
  /** Live is a version that this desktop neither published nor took. */
  isNewer: z.boolean(),
  title: z.string(),
  changes: z.array(releaseChange),
  checks: z.array(releaseCheck),
  /** The accounts that go to the relay with it. */
  gives: z.array(connection.pick({ id: true, connector: true, name: true })),
})
export type PublishPreview = z.infer<typeof publishPreview>

export const diffLine = z.object({ kind: z.enum(['same', 'added', 'removed', 'gap']), text: z.string() })

export const publishContract = {
  /** What publishing would change, and what speaks against it. Errors: `unauthorized` (sign in to a relay), `unavailable`. */
  preview: procedure.input(inApp).output(publishPreview),
  /** The lines of one file that differ from the live version, with some around them. Empty for what is no text. */
  diff: procedure.input(z.object({ appId, path: z.string() })).output(z.array(diffLine)),
  /** Begins; `watch` tells how it goes on, whoever looks. Errors: `conflict` while another one is under way. */
  start: procedure.input(z.object({ appId, base, title: versionTitle })).output(nothing),
  rollBack: procedure.input(z.object({ appId, number: z.number().int(), base })).output(nothing),
  cancel: procedure.input(inApp).output(nothing),
  /** Makes it an app of its own on the relay, at a free address. Errors: `conflict` when it was published from here before. */
  separate: procedure.input(inApp).output(nothing),
  watch: procedure.input(inApp).output(eventIterator(z.object({ published: publishedLink.nullable(), job: publishJob.nullable() }))),
  /** The apps of the workspace. `here`: it is on this desktop, too. */
  apps: procedure.output(z.array(publishedApp.extend({ here: z.boolean() }))),
  /** Brings an app of the workspace to this desktop, to go on editing it, and gives its id here. Errors: `conflict` when it is here already. */
  open: procedure.input(inApp).output(z.object({ appId })),
  /** Makes the files of an app those of its live version, as one step that can be undone. */
  take: procedure.input(inApp).output(z.object({ changeId: z.string().nullable() })),
}
