import type { Session, WebContents } from 'electron'
import { isAppUrl, mayUse } from './trust.ts'

type Navigation = { url: string; preventDefault(): void }

/** Every WebContents gets this before it loads anything: it stays on our page, and its links are for `openLink` to open, or not. */
export function guardContents(contents: WebContents, openLink: (url: string) => Promise<void>): void {
  const stay = (event: Navigation) => {
    if (!isAppUrl(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    // A link that may not be opened does nothing, as in a page without permissions; a browser that cannot be started is for the system to tell.
    openLink(url).catch(() => {})
    return { action: 'deny' }
  })
}

/** What pages may ask the system for. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => answer(mayUse(permission, requestingUrl)))
  session.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, origin))
  session.setDevicePermissionHandler(() => false)
}
