import { useSyncExternalStore } from 'react'

export const screens = ['data', 'functions', 'flows', 'integrations', 'runs', 'publish', 'settings'] as const
export type ScreenName = (typeof screens)[number]

/** Where the user is. `path` is what follows the screen: a part's name, then what is open in it. */
export type Route = { app: string | null; screen: ScreenName | 'home'; path: string[] }

/** What every screen is given. */
export type ScreenProps = { appId: string; path: string[] }

/** `#/` · `#/settings` · `#/apps/<id>/<screen>/…` */
export function readRoute(hash: string): Route {
  const [first, ...rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .filter(Boolean)
    .map(decode)
  if (first === 'settings') return { app: null, screen: 'settings', path: rest }
  const [app, screen, ...path] = rest
  if (first !== 'apps' || !app) return { app: null, screen: 'home', path: [] }
  return { app, screen: screens.find(known => known === screen) ?? 'data', path }
}

export function hrefOf(route: { app?: string | null; screen?: ScreenName | 'home'; path?: string[] }): string {
  const { app, screen = 'home', path = [] } = route
  const parts = app ? ['apps', app, screen === 'home' ? 'data' : screen, ...path] : screen === 'settings' ? ['settings', ...path] : []
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

export const go = (route: Parameters<typeof hrefOf>[0]): void => {
  location.hash = hrefOf(route)
}

/** Replaces the current entry: a choice the screen made by itself is no step back. */
export const goInstead = (route: Parameters<typeof hrefOf>[0]): void => location.replace(hrefOf(route))

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

let last = { hash: '', route: readRoute('') }
function current(): Route {
  if (last.hash !== location.hash) last = { hash: location.hash, route: readRoute(location.hash) }
  return last.route
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, current)

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
