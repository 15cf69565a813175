import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { ChangedEntities } from '../../core/contract/published.ts'
import type { PagesWorld, Place } from '../pages/api.ts'
import { recordKeys } from '../pages/records.ts'
import { createSiteApi } from './http.ts'
import { hrefOf, readPlace, safeNext, type Location, type OwnScreen } from './place.ts'

/** The address of the app, with a slash at its end: its script is in `assets/` below it. */
export const base = new URL('../', import.meta.url).pathname

/** What is shown now, as a path below the app. */
const here = (): string => location.pathname.slice(base.length)

export const api = createSiteApi(base, here)

const listeners = new Set<() => void>()
const tell = () => listeners.forEach(listener => listener())
window.addEventListener('popstate', tell)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Shows another address of the app; `instead` leaves no step back to this one. */
export function goTo(href: string, instead = false): void {
  if (instead) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  tell()
}

/** Links below the app's address change what is shown without loading the page anew. */
export function followLinks(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!link || !isPlain || event.defaultPrevented || link.target !== '' || link.hasAttribute('data-leaves')) return
  const { origin, pathname, href } = link
  if (origin !== location.origin || !`${pathname}/`.startsWith(base)) return
  event.preventDefault()
  goTo(href)
}

export function useLocation(): Location {
  const address = useSyncExternalStore(subscribe, () => location.href)
  return useMemo(() => readPlace(base, new URL(address)), [address])
}

export const screenHref = (screen: OwnScreen, next = ''): string => hrefOf(base, { screen, ...(next && { next }) })
/** Where someone signs in to come back to where they are. */
export const signInHref = (): string => screenHref('sign-in', here())

const nextName = `plugboard.next ${base}`

/** The way of a member leads over the relay, and back to the app's own address. Where they wanted to go, this window remembers. */
export const rememberNext = (next: string): void => sessionStorage.setItem(nextName, next)

/** Goes on to what was remembered, once. */
export function goOnToNext(): void {
  const next = safeNext(sessionStorage.getItem(nextName))
  sessionStorage.removeItem(nextName)
  if (next !== '' && here() === '') goTo(base + next, true)
}

export const siteKey = ['site']
export const useSite = () => useQuery({ queryKey: siteKey, queryFn: ({ signal }) => api.site(signal), staleTime: Infinity })

/** What pages are drawn with, for whoever uses the app. */
export function usePagesWorld({ entities, connectors, user }: Pick<PagesWorld, 'entities' | 'connectors' | 'user'>): PagesWorld {
  return useMemo(
    () => ({
      api,
      entities,
      connectors,
      user,
      hrefOf: (place: Place) => hrefOf(base, place),
      go: (place: Place) => goTo(hrefOf(base, place)),
      signInHref,
    }),
    [entities, connectors, user],
  )
}

/** Keeps what is shown as it is on the relay. The stream ends with the session and with each new version: then all is asked anew. */
export function useLiveChanges(isOn: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isOn) return
    const source = new EventSource(`${base}api/changes`)
    let isAgain = false
    source.addEventListener('open', () => {
      // Nobody has told what changed in between.
      if (isAgain) void client.invalidateQueries()
      isAgain = true
    })
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const { entities } = JSON.parse(data) as ChangedEntities
      for (const entity of entities) void client.invalidateQueries({ queryKey: recordKeys.of(entity) })
    })
    return () => source.close()
  }, [client, isOn])
}

/** Forgets what the last user was shown, and asks what the next one may see. */
export function useAnotherUser(): (next: string) => Promise<void> {
  const client = useQueryClient()
  return async next => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== siteKey[0] })
    await client.refetchQueries({ queryKey: siteKey })
    goTo(base + next, true)
  }
}
