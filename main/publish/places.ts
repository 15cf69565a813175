import { loadApp } from '../../host/app/load.ts'
import type { PublishPreview } from '../../core/contract/publish.ts'
import type { AppReleases, Version } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import type { Projects } from '../projects/projects.ts'
import type { RelayTokens } from '../relay/session.ts'
import { readLink, writeLink, type Link } from './link.ts'
import type { Asked } from './asked.ts'
import type { RelayReleases } from './relay-releases.ts'

/** An app's place on the relay of this desktop. `id`: its id there. `known`: the version that this desktop last knew to be live; `asked`: see `Link`. */
export type Place = { relay: { url: string; name: string }; id: string; known: Version | null; asked: Asked | null }

export type Places = ReturnType<typeof createPlaces>

type Options = { projects: Pick<Projects, 'root' | 'list'>; tokens: Pick<RelayTokens, 'read'>; relay: RelayReleases }

/** Which app of the relay each app of this desktop is: the one of the same id, unless another was chosen. */
export function createPlaces({ projects, tokens, relay }: Options) {
  async function here(): Promise<Place['relay']> {
    const session = await tokens.read()
    if (session?.tokens) return { url: session.info.issuer, name: session.info.name }
    throw new AppError('unauthorized', 'Sign in to a relay first. Apps are published there.', {
      action: { kind: 'settings', section: 'relay' },
    })
  }

  /** Of a folder that was copied to be another app, what it says is of the one that it was copied from. */
  async function linkOf(appId: string, url: string): Promise<Link | null> {
    const link = await readLink(projects.root(appId))
    return link?.relay === url && link.appId === appId ? link : null
  }

  async function of(appId: string): Promise<Place> {
    const at = await here()
    const link = await linkOf(appId, at.url)
    return { relay: at, id: link?.relayId ?? appId, known: link?.live?.version ?? null, asked: link?.asked ?? null }
  }

  /** What was published from here, whether someone is signed in now or not. */
  async function published(appId: string): Promise<Link | null> {
    // A vault that is locked says so where it is needed.
    const session = await tokens.read().catch(() => null)
    return session && linkOf(appId, session.info.issuer)
  }

  return {
    of,

    published,

    /** The folder is the app `id` of the relay, and this is live of it. */
    async remember(appId: string, id: string, version: Version, url: string): Promise<void> {
      await writeLink(projects.root(appId), { relay: (await here()).url, appId, relayId: id, live: { url, version }, asked: null })
    },

    /** Noted before the relay is asked: whatever becomes of its answer or of this process, what it makes live then is known as this desktop's own. */
    async noteAsked(appId: string, id: string, asked: Asked): Promise<void> {
      const { url } = await here()
      await writeLink(projects.root(appId), { relay: url, appId, relayId: id, live: (await linkOf(appId, url))?.live ?? null, asked })
    },

    /** Where an app of this name is used, or will be; and whose app is there, when it is not this one. `found`: what the relay says of its id. */
    async look({ id, known }: Place, name: string, found: AppReleases): Promise<Pick<PublishPreview, 'address' | 'taken'>> {
      if (found && known) return { address: found.url, taken: null }
      const free = await relay.freePlace(id, name)
      const isTaken = found !== null || free.id !== id
      return {
        address: found?.url ?? free.url,
        taken: isTaken ? { app: found && { name: found.name, since: found.since }, free: free.url } : null,
      }
    },

    /** From here on the app is one of its own on the relay, under an id that nobody has. Errors: `conflict` when it was published from here before. */
    async separate(appId: string): Promise<void> {
      const { relay: at, id, known } = await of(appId)
      if (known) throw new AppError('conflict', 'This app was published from this computer: the one on the relay is its own.')
      const { name } = (await loadApp(appId, projects.root(appId))).config
      const free = await relay.freePlace(id, name)
      await writeLink(projects.root(appId), { relay: at.url, appId, relayId: free.id, live: null, asked: null })
    },

    /** The id by which the relay knows an app. While nobody is signed in, the one that it has here. */
    relayIdOf: async (appId: string): Promise<string> => (await published(appId))?.relayId ?? appId,

    /** The ids of the apps of this desktop, by those that the relay has for them. */
    async appsHere(): Promise<Map<string, string>> {
      const { url } = await here()
      const ids = (await projects.list()).map(({ id }) => id)
      return new Map(await Promise.all(ids.map(async (id): Promise<[string, string]> => [(await linkOf(id, url))?.relayId ?? id, id])))
    },
  }
}
