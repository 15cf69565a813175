import { sql } from 'kysely'
import type { Steps } from '../../host/store/engine.ts'

const longest = 40
const longestId = 63

/** Where people use an app. */
export const siteUrl = (relayUrl: string, slug: string): string => `${relayUrl}/a/${slug}`

/** What a name is in an address: `Büro & Desk` → `buero-desk`. Empty when it has no letter or digit of the Latin alphabet. */
export function slugFrom(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, '')
}

/**
 * The app's word in addresses: what it has, or one made of its name at its first release. Never that of another app, nor another app's id,
 * which leads to that app. The transaction holds the lock of the workspace's releases; the unique index keeps workspaces apart.
 */
export function* chooseSlug(appId: string, name: string): Steps<string> {
  const [app] = yield sql`select slug from apps where id = ${appId}`
  if (typeof app?.['slug'] === 'string') return app['slug']
  const wish = slugFrom(name) || appId
  for (let n = 1; ; n++) {
    const slug = n === 1 ? wish : `${wish}-${n}`
    const taken = yield sql`select 1 as one from apps where (slug = ${slug} or id = ${slug}) and id <> ${appId} limit 1`
    if (taken.length === 0) return slug
  }
}

/** The id that is wished for, or one like it: no app of the relay has it, nor is it in the address of one. A draft of the same workspace may go on. */
export function* freeId(workspaceId: string, wish: string): Steps<string> {
  for (let n = 1; ; n++) {
    const id = n === 1 ? wish : `${wish.slice(0, longestId - 5)}-${n}`
    const taken = yield sql`select 1 as one from apps where slug = ${id}
      or (id = ${id} and (live_version is not null or workspace_id <> ${workspaceId})) limit 1`
    if (taken.length === 0) return id
  }
}
