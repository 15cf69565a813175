import { sql } from 'kysely'
import { appId } from '../../core/app/names.ts'
import type { Database, Row } from '../../host/store/engine.ts'

/** A published app as requests find it. */
export type Place = { appId: string; slug: string; name: string; workspaceId: string }

export type Sites = {
  /** The live app that an address names by its slug, or else by its id. Null when there is none. */
  find(word: string): Promise<Place | null>
  /** The live app of this id. */
  of(appId: string): Promise<Place | null>
}

const toPlace = (row: Row): Place => ({
  appId: String(row['id']),
  slug: String(row['slug']),
  name: String(row['name']),
  workspaceId: String(row['workspace_id']),
})

export function createSites(database: Database): Sites {
  return {
    async find(word) {
      if (!appId.safeParse(word).success) return null
      const rows = await database.query(
        sql`select id, slug, name, workspace_id from apps where (slug = ${word} or id = ${word}) and live_version is not null`,
      )
      const found = rows.find(row => row['slug'] === word) ?? rows[0]
      return found ? toPlace(found) : null
    },
    async of(id) {
      const [row] = await database.query(sql`select id, slug, name, workspace_id from apps where id = ${id} and live_version is not null`)
      return row ? toPlace(row) : null
    },
  }
}

/** The slug of `<slug>.<host of the relay>`. Null for any other host. */
export function slugOfHost(relayUrl: string, host: string): string | null {
  const suffix = `.${new URL(relayUrl).host}`
  const slug = host.toLowerCase().endsWith(suffix) ? host.toLowerCase().slice(0, -suffix.length) : ''
  return appId.safeParse(slug).success ? slug : null
}

/** Where an app is at a host of its own, when the relay's name has a wildcard. */
export function hostUrl(relayUrl: string, slug: string): string {
  const { protocol, host } = new URL(relayUrl)
  return `${protocol}//${slug}.${host}`
}

/**
 * The path by which a request finds its route: below an app's own host, that of the app. The style of the relay's pages is everywhere, for
 * what takes an app's place when it is not there.
 */
export const pathBySite =
  (relayUrl: string) =>
  (request: Request): string => {
    const { host, pathname } = new URL(request.url)
    const slug = slugOfHost(relayUrl, host)
    return slug === null || pathname.startsWith('/style/') ? pathname : `/a/${slug}${pathname}`
  }
