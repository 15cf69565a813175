import { sql } from 'kysely'
import type { AppReleases, Draft, FreePlace, PublishedApp, Version } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { readManifest, type Manifest } from '../../core/release/manifest.ts'
import { releaseIdOf } from '../../host/files/release-folder.ts'
import type { Database, Row, Steps } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import { demand, type Member } from '../members/roles.ts'
import { chooseSlug, freeId, siteUrl } from '../published/slug.ts'
import type { Pieces } from './pieces.ts'
import { liveVersion, toVersion, versionRows } from './versions.ts'

const day = 24 * 60 * 60_000
const atOnce = 500

/** How a version becomes live. `base`: the number that was live when its author last looked; null for none. */
export type Switch = { appId: string; releaseId: string; base: number | null; ip: string | null } & (
  | { kind: 'publish'; title: string }
  | { kind: 'roll back'; number: number }
)

/** What is live now. `changed` is false when it was before. */
export type Switched = { version: Version; changed: boolean; url: string }

export type Releases = {
  /** The apps of the member's workspace that are live, by name. */
  apps(member: Member): Promise<PublishedApp[]>
  /** Null when nothing was published under this id in the member's workspace. */
  app(member: Member, appId: string): Promise<AppReleases>
  /** Where an app can be one of its own: its id when no app of the relay has it, else one like it, and the address that it would have. */
  freePlace(member: Member, appId: string, name: string): Promise<FreePlace>
  manifest(member: Member, appId: string, releaseId: string): Promise<Manifest>
  /** Notes what a release is to hold, and tells what is missing of it. It is live for nobody yet, and forgotten when it is not within a day. */
  propose(member: Member, appId: string, draft: { name: string; files: readonly unknown[] }): Promise<Draft>
  /** Of these pieces, those that a release of the app holds. */
  piecesOf(member: Member, appId: string, hashes: readonly string[]): Promise<Set<string>>
  /** The release of an earlier version. */
  releaseOf(member: Member, appId: string, number: number): Promise<string>
  /** What there is to say when the wish is fulfilled already, else null. Errors: `conflict` when another version is live than its author has seen. */
  findDone(wish: Switch): Promise<Switched | null>
  /** Makes the version live, in one step. Asked twice it is done once. Errors as `findDone`. */
  switchTo(member: Member, wish: Switch): Promise<Switched>
  /** Whether an app of this id belongs to the workspace, live or about to be. */
  isKnown(workspaceId: string, appId: string): Promise<boolean>
  /** The releases of an app that are live, can be again, or are being published. */
  kept(appId: string): Promise<Set<string>>
  /** What is live, for the node that runs it. */
  live(appId: string): Promise<{ workspaceId: string; releaseId: string; manifest: Manifest } | null>
}

type Options = {
  database: Database
  audit: Audit
  pieces: Pieces
  url: string
  versionsKept: number
  /** Steps by which those who run the app hear of what is live now. */
  announce(appId: string): Steps<void>
  now?: () => number
}

/** What was published to a relay. Errors: `forbidden`, `not_found`, `conflict`, `validation`, one sentence each. */
export function createReleases({ database, audit, pieces, url, versionsKept, announce, now = Date.now }: Options): Releases {
  /** The release, when it belongs to an app of this workspace. Another workspace's is as good as none. */
  function* find(member: Member, appId: string, releaseId: string): Steps<Row> {
    const [row] = yield sql`select r.* from releases r join apps a on a.id = r.app_id
      where r.app_id = ${appId} and r.id = ${releaseId} and a.workspace_id = ${member.workspaceId}`
    if (!row) throw new AppError('not_found', 'The relay does not know this release. Publish the app again.')
    return row
  }

  /** The app of this workspace, made when there is none under this id. */
  function* claim(member: Member, appId: string, name: string): Steps<void> {
    yield sql`insert into apps (id, workspace_id, name, created_at) values (${appId}, ${member.workspaceId}, ${name}, ${now()})
      on conflict (id) do nothing`
    const [app] = yield sql`select workspace_id from apps where id = ${appId}`
    if (app?.['workspace_id'] !== member.workspaceId)
      throw new AppError(
        'conflict',
        `The address “${appId}” belongs to an app of another workspace on this relay. Publish this one under another.`,
      )
  }

  /** Forgets releases that no version names: what was begun and never published, and what is too old. */
  function* forgetDrafts(workspaceId: string): Steps<void> {
    const gone = yield sql`delete from releases where touched_at < ${now() - day}
      and app_id in (select id from apps where workspace_id = ${workspaceId})
      and not exists (select 1 from versions v where v.app_id = releases.app_id and v.release_id = releases.id) returning id`
    if (gone.length > 0) yield* pieces.prune(workspaceId)
  }

  function* findDone(wish: Switch): Steps<Switched | null> {
    const { appId, releaseId, base } = wish
    const live = yield* liveVersion(appId)
    if (live && (wish.kind === 'publish' ? live.releaseId === releaseId : live.number === wish.number))
      return { version: live, changed: false, url: siteUrl(url, yield* chooseSlug(appId, '')) }
    if (live?.releaseId === releaseId || (live?.number ?? null) === base) return null
    throw new AppError(
      'conflict',
      live
        ? `${live.by} made version ${live.number} live meanwhile (“${live.title}”). Look at what it changed before you publish.`
        : 'This app is not on the relay any more. Look at what changed before you publish.',
      { action: { kind: 'retry' } },
    )
  }

  return {
    async apps(member) {
      demand(member, 'apps.see')
      const rows = await database.query(sql`select v.*, u.name as by_name, a.name as app_name, a.slug from apps a
        join versions v on v.app_id = a.id and v.number = a.live_version left join users u on u.id = v.published_by
        where a.workspace_id = ${member.workspaceId} order by a.name, a.id`)
      return rows.map(row => ({
        id: String(row['app_id']),
        name: String(row['app_name']),
        url: siteUrl(url, String(row['slug'])),
        live: toVersion(row),
      }))
    },

    async app(member, appId) {
      demand(member, 'apps.see')
      const [app] = await database.query(
        sql`select name, created_at, live_version, slug from apps where id = ${appId} and workspace_id = ${member.workspaceId} and live_version is not null`,
      )
      if (!app) return null
      const rows = await database.query(sql`${versionRows} where v.app_id = ${appId} order by v.number desc limit ${versionsKept}`)
      return {
        name: String(app['name']),
        since: new Date(Number(app['created_at'])).toISOString(),
        url: siteUrl(url, String(app['slug'])),
        live: Number(app['live_version']),
        versions: rows.map(toVersion),
      }
    },

    freePlace: (member, appId, name) =>
      database.transaction(function* () {
        demand(member, 'apps.see')
        const id = yield* freeId(member.workspaceId, appId)
        return { id, url: siteUrl(url, yield* chooseSlug(id, name)) }
      }),

    async manifest(member, appId, releaseId) {
      demand(member, 'apps.see')
      return toManifest(await database.transaction(() => find(member, appId, releaseId)))
    },

    async propose(member, appId, { name, files }) {
      demand(member, 'apps.publish')
      const manifest = readManifest(files)
      const releaseId = releaseIdOf(manifest)
      const hashes = [...new Set(manifest.map(({ sha256 }) => sha256))]
      await database.transaction(function* () {
        yield* database.lock(`releases ${member.workspaceId}`)
        yield* claim(member, appId, name)
        yield* forgetDrafts(member.workspaceId)
        yield sql`insert into releases (app_id, id, name, manifest, touched_at)
          values (${appId}, ${releaseId}, ${name}, ${JSON.stringify(manifest)}, ${now()})
          on conflict (app_id, id) do update set touched_at = ${now()}, name = ${name}`
        for (let at = 0; at < hashes.length; at += atOnce) {
          const rows = hashes.slice(at, at + atOnce).map(hash => sql`(${appId}, ${releaseId}, ${hash})`)
          yield sql`insert into release_pieces (app_id, release_id, sha256) values ${sql.join(rows)} on conflict do nothing`
        }
      })
      return { releaseId, missing: await pieces.missing(member.workspaceId, manifest) }
    },

    async piecesOf(member, appId, hashes) {
      demand(member, 'apps.see')
      if (hashes.length === 0) return new Set()
      const rows = await database.query(sql`select distinct p.sha256 from release_pieces p join apps a on a.id = p.app_id
        where p.app_id = ${appId} and a.workspace_id = ${member.workspaceId} and p.sha256 in (${sql.join([...hashes])})`)
      return new Set(rows.map(row => String(row['sha256'])))
    },

    async releaseOf(member, appId, number) {
      const [row] = await database.query(sql`select v.release_id from versions v join apps a on a.id = v.app_id
        where v.app_id = ${appId} and v.number = ${number} and a.workspace_id = ${member.workspaceId}`)
      if (!row) throw new AppError('not_found', `There is no version ${number} of this app on the relay.`)
      return String(row['release_id'])
    },

    findDone: wish => database.transaction(() => findDone(wish)),

    switchTo: (member, wish) =>
      database.transaction(function* () {
        const { appId, releaseId, ip } = wish
        demand(member, 'apps.publish')
        yield* database.lock(`releases ${member.workspaceId}`)
        const release = yield* find(member, appId, releaseId)
        const done = yield* findDone(wish)
        if (done) return done
        const number = wish.kind === 'publish' ? yield* addVersion(member, wish) : wish.number
        const slug = yield* chooseSlug(appId, String(release['name']))
        yield sql`update apps set live_version = ${number}, name = ${release['name']}, slug = ${slug} where id = ${appId}`
        yield* forgetOld(member.workspaceId, appId)
        yield* audit.note({
          workspaceId: member.workspaceId,
          actor: member.userId,
          action: wish.kind === 'publish' ? 'app.published' : 'app.rolled_back',
          subject: String(release['name']),
          appId,
          detail: `version ${number}`,
          ip,
        })
        yield* announce(appId)
        const version = yield* liveVersion(appId)
        if (!version) throw new AppError('internal', 'The version is not there after it was made. Publish again.')
        return { version, changed: true, url: siteUrl(url, slug) }
      }),

    async kept(appId) {
      const rows = await database.query(sql`select id from releases where app_id = ${appId}`)
      return new Set(rows.map(row => String(row['id'])))
    },

    async isKnown(workspaceId, appId) {
      return (await database.query(sql`select 1 as one from apps where id = ${appId} and workspace_id = ${workspaceId}`)).length > 0
    },

    async live(appId) {
      const [row] = await database.query(sql`select a.workspace_id, r.id, r.manifest from apps a
        join versions v on v.app_id = a.id and v.number = a.live_version join releases r on r.app_id = a.id and r.id = v.release_id
        where a.id = ${appId}`)
      return row ? { workspaceId: String(row['workspace_id']), releaseId: String(row['id']), manifest: toManifest(row) } : null
    },
  }

  /** Forgets versions that are too old to go back to. The live one stays, however old. */
  function* forgetOld(workspaceId: string, appId: string): Steps<void> {
    yield sql`delete from versions where app_id = ${appId} and number not in
      (select number from (select number from versions where app_id = ${appId} order by number desc limit ${versionsKept}) newest)
      and number <> (select live_version from apps where id = ${appId})`
    yield* forgetDrafts(workspaceId)
  }

  function* addVersion(member: Member, { appId, releaseId, title }: Extract<Switch, { kind: 'publish' }>): Steps<number> {
    const [last] = yield sql`select max(number) as n from versions where app_id = ${appId}`
    const number = Number(last?.['n'] ?? 0) + 1
    yield sql`insert into versions (app_id, number, release_id, title, published_by, published_at)
      values (${appId}, ${number}, ${releaseId}, ${title}, ${member.userId}, ${now()})`
    return number
  }
}

const toManifest = (row: Row): Manifest => readManifest(JSON.parse(String(row['manifest'])))
