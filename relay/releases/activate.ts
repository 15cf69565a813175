import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AppModel } from '../../core/app/model.ts'
import type { ActivationEvent } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { tellError } from '../full-disk.ts'
import { sweepReleases } from './sweep.ts'
import type { Manifest } from '../../core/release/manifest.ts'
import { loadApp } from '../../host/app/load.ts'
import { openReleaseFolder } from '../../host/app/release-folder.ts'
import { writeReleaseFolder, type WholeFolder } from '../../host/files/release-folder.ts'
import { openReleaseBundles } from '../../host/functions/release-bundles.ts'
import type { Log } from '../log.ts'
import type { Member } from '../members/roles.ts'
import type { Pieces } from './pieces.ts'
import type { Releases, Switch } from './releases.ts'
import { demandSound } from './sound.ts'

/** A release as it lies on this node, read-only. */
export type Unpacked = {
  workspaceId: string
  appId: string
  releaseId: string
  folder: string
  model: AppModel
  bundles: ReturnType<typeof openReleaseBundles>
}

export type ReleaseHooks = {
  /** Makes ready what a release needs, its tables above all, while the one before it serves. An error keeps that one live. */
  prepare(release: Unpacked): Promise<void>
  /** Called after the switch, which has announced it: what is lost here is found there. */
  onActivated(appId: string, releaseId: string): Promise<void>
}

export type Activate = {
  /** Tells each step; the last event says how it ended. Never rejects. Nothing is changed unless it is `live`. */
  activate(member: Member, wish: Switch, tell: (event: ActivationEvent) => void): Promise<void>
  /** A release of the member's workspace, on this node. Errors: `forbidden`, `not_found`. */
  unpackFor(member: Member, appId: string, releaseId: string): Promise<Unpacked & { files: Manifest }>
  /** The live release of an app, on this node. Null when there is none. */
  unpackLive(appId: string): Promise<Unpacked | null>
}

/** Beside the releases of an app: what is compiled of their functions. */
const keptFunctions = 'functions'

type Options = { releases: Releases; pieces: Pieces; cache: string; hooks: ReleaseHooks; log: Log }

/** Makes releases live: checked, unpacked and prepared first, then switched in one step. `cache`: a folder of this node. */
export function createActivation({ releases, pieces, cache, hooks, log }: Options): Activate {
  /** Folders that this process has found to be whole: nobody changes them, but a cache may be emptied. */
  const whole = new Set<string>()

  async function unpack(workspaceId: string, appId: string, releaseId: string, files: Manifest): Promise<Unpacked> {
    const folder = join(cache, appId, releaseId)
    const known = whole.has(folder) && existsSync(folder) ? await openReleaseFolder(folder, files).catch(() => null) : null
    if (!known) {
      whole.delete(folder)
      const bytesOf = ({ sha256 }: { sha256: string }) => pieces.read(workspaceId, sha256)
      await writeReleaseFolder(folder, files, bytesOf, await liveFolder(appId))
      whole.add(folder)
    }
    const opened = known ?? (await openReleaseFolder(folder, files))
    const bundles = openReleaseBundles(folder, files, join(cache, appId, keptFunctions))
    return { workspaceId, appId, releaseId, folder, model: await loadApp(appId, folder, undefined, async () => opened), bundles }
  }

  /** Where what is live lies already, when this process knows it to be whole: most files of the next release are in it. */
  async function liveFolder(appId: string): Promise<WholeFolder | undefined> {
    const live = await releases.live(appId)
    const folder = join(cache, appId, live?.releaseId ?? '')
    return live && whole.has(folder) ? { folder, files: live.manifest } : undefined
  }

  /** What cannot be removed now is removed after the next publish. */
  async function sweep(appId: string): Promise<void> {
    try {
      const gone = await sweepReleases(join(cache, appId), async () => (await releases.kept(appId)).add(keptFunctions), Date.now())
      for (const path of gone) whole.delete(path)
    } catch (error) {
      log.report(AppError.from(error), { appId })
    }
  }

  async function work(member: Member, wish: Switch, tell: (event: ActivationEvent) => void): Promise<ActivationEvent> {
    const { appId, releaseId } = wish
    const files = await releases.manifest(member, appId, releaseId)
    const done = await releases.findDone(wish)
    if (done) return { type: 'live', ...done }
    const missing = await pieces.missing(member.workspaceId, files)
    if (missing.length > 0) return { type: 'missing', missing }
    tell({ type: 'step', step: 'checked' })
    const unpacked = await unpack(member.workspaceId, appId, releaseId, files)
    demandSound(unpacked.model.problems)
    tell({ type: 'step', step: 'unpacked' })
    await hooks.prepare(unpacked)
    tell({ type: 'step', step: 'prepared' })
    const live = await releases.switchTo(member, wish)
    // The switch is done: whoever runs the app and stumbles now must not make it look as if it were not.
    if (live.changed) await hooks.onActivated(appId, releaseId).catch((error: unknown) => log.report(AppError.from(error), { appId }))
    return { type: 'live', ...live }
  }

  return {
    async activate(member, wish, tell) {
      tell(
        await work(member, wish, tell).catch((cause: unknown): ActivationEvent => {
          const error = tellError(cause)
          if (error.code === 'internal' || error.code === 'unavailable') log.report(error, { appId: wish.appId })
          return { type: 'failed', error: error.toJSON() }
        }),
      )
      await sweep(wish.appId)
    },
    async unpackFor(member, appId, releaseId) {
      const files = await releases.manifest(member, appId, releaseId)
      return { ...(await unpack(member.workspaceId, appId, releaseId, files)), files }
    },
    async unpackLive(appId) {
      const live = await releases.live(appId)
      if (!live) return null
      const isNew = !whole.has(join(cache, appId, live.releaseId))
      const unpacked = await unpack(live.workspaceId, appId, live.releaseId, live.manifest)
      if (isNew) await sweep(appId)
      return unpacked
    },
  }
}
