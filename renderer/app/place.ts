import type { Place } from '../pages/api.ts'

/** Screens of the app itself. Their names are no page's: see `pageName` in core/app/names.ts. */
export const ownScreens = ['sign-in', 'sign-up', 'forgot', 'reset', 'join', 'ask'] as const
export type OwnScreen = (typeof ownScreens)[number]

/** Where the user is: a screen of the app itself, or a page (null: the first one). */
export type Location =
  | { screen: OwnScreen; token: string; next: string }
  | { screen: 'page'; page: string | null; open: { entity: string; record: string } | null }

/** Reads a path below `base`, the app's address with a slash at its end: `tickets/Ticket/<id>`, `sign-in?next=tickets`. */
export function readPlace(base: string, { pathname, search }: { pathname: string; search: string }): Location {
  const parts = `${pathname}/`.startsWith(base) ? pathname.slice(base.length).split('/').filter(Boolean).map(decode) : []
  const [first, entity, record] = parts
  const own = ownScreens.find(screen => screen === first)
  const asked = new URLSearchParams(search)
  if (own) return { screen: own, token: asked.get('token') ?? '', next: safeNext(asked.get('next')) }
  return { screen: 'page', page: first ?? null, open: entity && record ? { entity, record } : null }
}

export function hrefOf(base: string, place: Place | { screen: OwnScreen; next?: string }): string {
  if ('screen' in place) return `${base}${place.screen}${place.next ? `?${new URLSearchParams({ next: place.next })}` : ''}`
  const { page, entity, record } = place
  const parts = entity === undefined || record === undefined ? [page] : [page, entity, record]
  return base + parts.map(encodeURIComponent).join('/')
}

/** Only ever a path below the app: what a link of someone else could add to it leads nowhere else. */
export function safeNext(next: string | null): string {
  return next !== null && /^[\w%-]+(\/[\w%.-]+)*$/.test(next) && !next.includes('..') ? next : ''
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
