import type { InferContractRouterOutputs } from '@orpc/contract'
import type { AppModel } from '../../core/app/model.ts'
import {
  publishSteps,
  relaySteps,
  type publishContract,
  type PublishedLink,
  type PublishJob,
  type PublishPreview,
  type ReleaseCheck,
} from '../../core/contract/publish.ts'
import type { Connection } from '../../core/connection.ts'
import type { AppReleases, Version } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { diffLines, shortenDiff } from '../../core/line-diff.ts'
import type { Survey } from '../../host/functions/survey.ts'
import type { Projects } from '../projects/projects.ts'
import { changedPaths, describeChanges } from '../../host/app/release-changes.ts'
import { accountsToGive, checkPractice, createHandover, type PublishAccounts } from './accounts.ts'
import { liveAsAsked, type Asked } from './asked.ts'
import { checkRelease, demandPublishable } from './checks.ts'
import { downloadLive } from './download.ts'
import { firstPages, withPages } from './first-pages.ts'
import { checkOwnAccounts, checkPlaces, ownToolsOf } from './own-accounts.ts'
import { createJobs } from './jobs.ts'
import { copyLive, sideOf } from './live-copy.ts'
import type { Patience } from './patience.ts'
import type { Place, Places } from './places.ts'
import { publishRelease, rollBackRelease } from './publish-release.ts'
import { readLocalRelease, type LocalRelease } from './local-release.ts'
import { liveOf, type RelayReleases } from './relay-releases.ts'
import { suggestTitle } from './suggest-title.ts'

/** What is known to be live of an app, and what is under way. */
type PublishState = { published: PublishedLink | null; job: PublishJob | null }

type Outputs = InferContractRouterOutputs<typeof publishContract>

export type PublishOptions = {
  projects: Projects
  relay: RelayReleases
  places: Places
  /** What the host says of the app's functions. */
  survey(appId: string): Promise<Survey>
  accounts: PublishAccounts
  now?: () => number
  pause?: Patience['pause']
}

export type Publish = ReturnType<typeof createPublish>

/** Publishing apps to the relay of this desktop, and taking them from there. What procedures take and give: core/contract/publish.ts. */
export function createPublish({ projects, relay, places, survey, accounts, now = Date.now, pause }: PublishOptions) {
  const jobs = createJobs(now, pause)

  async function remember(appId: string, id: string, version: Version, url: string): Promise<void> {
    await places.remember(appId, id, version, url)
    jobs.changes.publish(appId)
  }

  /** The app's folder. `pages` are those that publishing will give it, and `after` is the app with them. */
  async function readHere(appId: string) {
    const root = projects.root(appId)
    const found = await survey(appId)
    const release = await readLocalRelease(root, found.packages)
    const side = await sideOf(root, release.files, appId)
    const pages = firstPages(side.model)
    return { root, release, survey: found, side, pages, after: withPages(side, pages) }
  }

  async function check(appId: string, { release, survey, side, after }: Awaited<ReturnType<typeof readHere>>) {
    const own = release.files.filter(({ path, size }) => !path.includes('node_modules/') && size < 500_000)
    const texts = new Map<string, string>()
    for (const { path } of own) {
      const text = await side.read(path)
      if (text !== null) texts.set(path, text)
    }
    const [known, ofUsers] = await Promise.all([accounts.list(appId), ownAccountsIn(after.model)])
    const gives = accountsToGive(side.model, known)
    return {
      gives,
      checks: [...checkRelease({ model: side.model, survey, accounts: known, texts }), ...ofUsers, ...(await practiceIn(gives))],
    }
  }

  /** The relay is asked only about an app whose users connect accounts of their own. */
  async function ownAccountsIn(model: AppModel): Promise<ReleaseCheck[]> {
    const own = ownToolsOf(model)
    if (own.length === 0) return []
    const [clients, practice] = await Promise.all([relay.clients(), relay.practice()])
    return [...checkOwnAccounts(own, { clients, practice }), ...checkPlaces(own, model)]
  }

  async function practiceIn(gives: readonly Connection[]): Promise<ReleaseCheck[]> {
    if (!gives.some(({ practice }) => practice)) return []
    return checkPractice(gives, await relay.practice(), await accounts.practiceService())
  }

  async function copyOf(id: string, version: Version, root: string, release: LocalRelease) {
    const files = await relay.manifest(id, version.releaseId)
    return copyLive(relay, id, { releaseId: version.releaseId, files }, root, release)
  }

  /** The paths that others have changed since this desktop last knew what was live. */
  async function theirPaths({ id, known }: Place, live: Version): Promise<Set<string>> {
    if (!known || known.releaseId === live.releaseId) return new Set()
    // The version that was known here may be too old to be kept there.
    const then = await relay.manifest(id, known.releaseId).catch(nullIfGone)
    return new Set(then ? changedPaths(then, await relay.manifest(id, live.releaseId)) : [])
  }

  async function preview(appId: string): Promise<PublishPreview> {
    const [{ place, found }, local] = await Promise.all([lookThere(appId), readHere(appId)])
    const live = liveOf(found)
    const before = live && (await copyOf(place.id, live, local.root, local.release))
    const theirs = live ? await theirPaths(place, live) : new Set<string>()
    const { checks, gives } = await check(appId, local)
    const changes = await describeChanges(before, local.after, theirs)
    const where = await places.look(place, local.side.model.config.name, found)
    // Its first version went live between the two questions.
    if (!found && where.taken && (await relay.app(place.id))) return preview(appId)
    return {
      relay: place.relay,
      url: found?.url ?? null,
      ...where,
      live,
      versions: found?.versions ?? [],
      isNewer: live !== null && live.number !== place.known?.number,
      title: suggestTitle(live, changes, (await projects.history(appId)).changes),
      changes,
      checks,
      gives: gives.map(({ id, connector, name }) => ({ id, connector, name })),
    }
  }

  /**
   * What the relay says of an app. If it was asked to make something live and the answer was lost, this says what came of that: it is this
   * desktop's own version, not one that it has not seen.
   */
  async function lookThere(appId: string): Promise<{ place: Place; found: AppReleases }> {
    const place = await places.of(appId)
    const found = await relay.app(place.id)
    if (!place.asked || jobs.of(appId)?.outcome === null) return { place, found }
    const own = liveAsAsked(found, place.asked)
    if (own) await remember(appId, place.id, own.version, own.url)
    jobs.learn(appId, own ?? { type: 'failed', error: notDone.toJSON() })
    return { place: own ? await places.of(appId) : place, found }
  }

  async function state(appId: string): Promise<PublishState> {
    const link = await places.published(appId)
    return { published: link?.live ? { relay: link.relay, ...link.live } : null, job: jobs.of(appId) }
  }

  return {
    preview,

    async diff(appId: string, path: string): Promise<Outputs['diff']> {
      const { id } = await places.of(appId)
      const [found, local] = await Promise.all([relay.app(id), readHere(appId)])
      const live = liveOf(found)
      const before = live && (await copyOf(id, live, local.root, local.release))
      const [was, is] = [(await before?.read(path)) ?? null, await local.after.read(path)]
      return was === null && is === null ? [] : shortenDiff(diffLines(was ?? '', is ?? ''))
    },

    async start(appId: string, base: number | null, title: string): Promise<void> {
      const { id } = await places.of(appId)
      jobs.begin(appId, 'publish', publishSteps, async (tell, patience) => {
        let gives: readonly Connection[] = []
        const handover = createHandover(accounts, tell, patience)
        const outcome = await publishRelease({
          relay,
          appId: id,
          base,
          title,
          tell,
          patience,
          async check() {
            const local = await readHere(appId)
            const { checks, gives: found } = await check(appId, local)
            demandPublishable(checks)
            gives = found
            const { pages } = local
            const { name } = local.side.model.config
            if (pages.length === 0) return { name, pack: async () => local.release }
            await projects.apply(appId, { title: 'Add the first pages', files: pages }, 'you')
            return { name, pack: async () => (await readHere(appId)).release }
          },
          noteAsked: wish => places.noteAsked(appId, id, wish),
          giveAccounts: () => handover.give(gives),
        }).catch(async (error: unknown) => {
          if (!patience.signal.aborted) throw error
          return { type: 'cancelled' as const, given: await handover.callOff() }
        })
        if (outcome.type === 'live') await remember(appId, id, outcome.version, outcome.url)
        return outcome
      })
    },

    async rollBack(appId: string, number: number, base: number | null): Promise<void> {
      const { id } = await places.of(appId)
      jobs.begin(appId, 'roll back', relaySteps, async (tell, patience) => {
        const noteAsked = (wish: Asked) => places.noteAsked(appId, id, wish)
        const outcome = await rollBackRelease({ relay, appId: id, number, base, noteAsked, tell, patience })
        if (outcome.type === 'live') await remember(appId, id, outcome.version, outcome.url)
        return outcome
      })
    },

    cancel: jobs.cancel,

    async *watch(appId: string, signal?: AbortSignal): AsyncGenerator<PublishState> {
      yield* jobs.changes.followState(() => state(appId), signal)
    },

    /** Makes it an app of its own on the relay, where another one has its address. */
    async separate(appId: string): Promise<void> {
      await places.separate(appId)
      jobs.changes.publish(appId)
    },

    async apps(): Promise<Outputs['apps']> {
      const known = await places.appsHere()
      return (await relay.apps()).map(app => ({ ...app, here: known.has(app.id) }))
    },

    async open(id: string): Promise<{ appId: string }> {
      const known = await places.appsHere()
      const { live, url, files } = await downloadLive(relay, id, pause)
      // The app that has its id here may be another one there.
      const appId = await projects.adopt(id, files, { orLikeIt: !known.has(id) && [...known.values()].includes(id) })
      await remember(appId, id, live, url)
      await accounts.lookForShared()
      return { appId }
    },

    async take(appId: string): Promise<{ changeId: string | null }> {
      const { id } = await places.of(appId)
      const { live, url, files } = await downloadLive(relay, id, pause)
      const done = await projects.replaceFiles(appId, `Take version ${live.number} from the relay`, files)
      await remember(appId, id, live, url)
      return done
    },

    close: jobs.close,
  }
}

const notDone = new AppError('unavailable', 'The relay did not answer any more, and what was live before is live now.')

function nullIfGone(error: unknown): null {
  if (AppError.from(error).code === 'not_found') return null
  throw error
}
