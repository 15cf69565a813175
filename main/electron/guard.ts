import type { Session, WebContents } from 'electron'
import { isAppUrl, linkUrl, mayUse } from './trust.ts'

type Navigation = { url: string; preventDefault(): void }

/** Every WebContents gets this before it loads anything: it stays on our page, and opens nothing but https links, in the browser. */
export function guardContents(contents: WebContents, openExternal: (url: string) => Promise<void>): void {
  const stay = (event: Navigation) => {
    if (!isAppUrl(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url, openExternal)
    return { action: 'deny' }
  })
}

/** What pages may ask the system for. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => answer(mayUse(permission, requestingUrl)))
  session.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, origin))
  session.setDevicePermissionHandler(() => false)
}

function openLink(url: string, openExternal: (url: string) => Promise<void>): void {
  try {
    // A browser that cannot be started is for the system to tell.
    openExternal(linkUrl(url)).catch(() => {})
  } catch {
    // A link to somewhere else than https does nothing, as in a page without permissions.
  }
}
