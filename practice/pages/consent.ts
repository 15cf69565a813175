import type { MiddlewareHandler } from 'hono'
import { isLoopback } from '../oauth-clients.ts'
import { permissionChoices, permissionStyles } from './permissions.ts'

/**
 * The emulator's own sign-in page in our looks: its markup and form stay as they are, its style sheet and its links to the internet go.
 * What it writes as plain divisions gets the roles that a screen reader needs.
 */
export const restyleConsent: MiddlewareHandler = async (c, next) => {
  await next()
  if (!c.res.headers.get('content-type')?.startsWith('text/html')) return
  const url = new URL(c.req.url)
  const choices = String(await permissionChoices(url))
  const page = (await c.res.text())
    .replace(
      /<style>[\s\S]*?<\/style>/,
      '<link rel="stylesheet" href="/practice/style.css"/><link rel="stylesheet" href="/practice/consent.css"/>',
    )
    .replace(/<nav class="emu-bar-links">[\s\S]*?<\/nav>/, '<span class="badge">Practice</span>')
    .replace('<div class="powered-by">', '<div class="powered-by" role="contentinfo">')
    .replace('<div class="emu-bar">', '<div class="emu-bar" role="banner">')
    .replace('<div class="content">', '<div class="content" role="main">')
    .replace('<div class="card-title">', '<div class="card-title" role="heading" aria-level="1">')
    .replace(/(class="emu-bar-title"[^>]*>)(\w+) Emulator/, '$1$2')
    .replace('<form class="user-form"', form => choices + form)
    .replace(/<\/form>(?![\s\S]*<\/form>)/, `</form>${wayOut(url)}`)
  c.res = new Response(page, { status: c.res.status, headers: c.res.headers })
  c.header('content-length', undefined)
}

/** Saying no, which the emulator's page leaves out: back to where the request came from, as RFC 6749 §4.1.2.1 has it. */
function wayOut({ searchParams }: URL): string {
  const back = URL.parse(searchParams.get('redirect_uri') ?? '')
  if (!back || !isLoopback(back.href)) return ''
  back.search = new URLSearchParams({ error: 'access_denied', state: searchParams.get('state') ?? '' }).toString()
  return `<a class="refuse" href="${back.href.replaceAll('&', '&amp;')}">Cancel</a>`
}

export const consentStyles = `
body { grid-template-rows: auto 1fr auto }
.emu-bar { display: flex; gap: 12px; align-items: center; padding: 12px 20px; border-bottom: 1px solid var(--line); background: var(--surface) }
.emu-bar-title { font: 600 16px/24px var(--sans) }
.content { display: grid; place-items: center; padding: 24px 16px }
.content-inner { width: 100%; max-width: 420px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 24px }
.card-title, .error-title { font: 600 20px/28px var(--sans) }
.card-subtitle, .error-msg { color: var(--text-2); margin: 4px 0 16px }
${permissionStyles}
.user-form { margin: 0 0 8px }
.user-btn { display: flex; gap: 12px; align-items: center; width: 100%; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); color: var(--text); font: inherit; text-align: left; cursor: pointer }
.user-btn:hover { background: var(--hover) }
.avatar { display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%; background: var(--trial-soft); color: var(--trial-text); font-weight: 600 }
.user-text, .user-login { display: block }
.user-login { font-weight: 600 }
.user-meta, .user-email { color: var(--text-2); font-size: 12px; line-height: 16px }
.refuse { display: block; margin-top: 16px; padding: 8px 12px; border-radius: 6px; color: var(--text-2); text-align: center; text-decoration: none }
.refuse:hover { background: var(--hover) }
.powered-by { text-align: center; color: var(--text-3); font-size: 12px; padding: 12px }
.powered-by a { pointer-events: none }
`
