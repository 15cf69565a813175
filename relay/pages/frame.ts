import { html, raw } from 'hono/html'
import { may, type Action, type Member } from '../members/roles.ts'
import { document, type Html } from './layout.ts'

/** Where members go. A role that may not do what a place is for does not see it. */
const places = [
  { id: 'apps', href: '/apps', name: 'Apps', needs: 'apps.see' },
  { id: 'connections', href: '/connections', name: 'Connections', needs: 'apps.see' },
  { id: 'clients', href: '/clients', name: 'OAuth clients', needs: 'apps.see' },
  { id: 'members', href: '/members', name: 'Members', needs: 'members.see' },
  { id: 'audit', href: '/audit', name: 'Audit log', needs: 'audit.read' },
  { id: 'account', href: '/account', name: 'Your account', needs: null },
] as const satisfies readonly { id: string; href: string; name: string; needs: Action | null }[]

export type Place = (typeof places)[number]['id']

/** Lucide's “layout-grid”, “plug”, “key-round”, “users”, “scroll-text” and “circle-user-round”, as drawn in the desktop program. */
const icons = {
  apps: '<rect width="7" height="7" x="3" y="3" rx="1"/><rect width="7" height="7" x="14" y="3" rx="1"/><rect width="7" height="7" x="14" y="14" rx="1"/><rect width="7" height="7" x="3" y="14" rx="1"/>',
  connections: '<path d="M12 22v-5"/><path d="M9 8V2"/><path d="M15 8V2"/><path d="M18 8v5a4 4 0 0 1-4 4h-4a4 4 0 0 1-4-4V8Z"/>',
  clients:
    '<path d="M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z"/><circle cx="16.5" cy="7.5" r=".5" fill="currentColor"/>',
  members:
    '<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><circle cx="9" cy="7" r="4"/><path d="M22 21v-2a4 4 0 0 0-3-3.87"/><path d="M16 3.13a4 4 0 0 1 0 7.75"/>',
  audit:
    '<path d="M15 12h-5"/><path d="M15 8h-5"/><path d="M19 17V5a2 2 0 0 0-2-2H4"/><path d="M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3"/>',
  account: '<path d="M18 20a6 6 0 0 0-12 0"/><circle cx="12" cy="10" r="4"/><circle cx="12" cy="12" r="10"/>',
} satisfies Record<Place, string>

const icon = (place: Place): Html =>
  html`<svg
    viewBox="0 0 24 24"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${raw(icons[place])}
  </svg>`

/** Plugboard's sign: two ends and the cord between them. */
const mark = html`<svg
  class="mark"
  viewBox="0 0 24 24"
  fill="none"
  stroke="currentColor"
  stroke-linecap="round"
  stroke-linejoin="round"
  stroke-width="2.4"
  aria-hidden="true"
>
  <circle cx="6" cy="7" r="2.6" />
  <circle cx="18" cy="17" r="2.6" />
  <path d="M8.6 7H13a3 3 0 0 1 3 3v1a3 3 0 0 1-3 3h-2a3 3 0 0 0-3 3h7.4" />
</svg>`

export type MemberPage = {
  member: Member
  /** The workspace’s name. */
  workspace: string
  place: Place
  title: string
  /** Beside the title: how many there are, or what state it is in. */
  beside?: Html | string
  /** At the right of the title. */
  actions?: Html
  /** The way back to where this page hangs: shown before the title. */
  up?: { href: string; name: string }
  body: Html
}

/** A page for someone who is signed in: the same frame as the desktop program, without a script. */
export const memberPage = ({ member, workspace, place, title, beside, actions, up, body }: MemberPage): Html =>
  document({
    title: up ? `${title} · ${up.name}` : title,
    bodyClass: 'frame',
    body: html`<a class="skip" href="#content">Skip to the content</a>
      <header class="bar">
        <a class="home" href="/apps">${mark}<span>${workspace}</span></a>
        <a class="me" href="/account">${member.name}<small>${member.role}</small></a>
      </header>
      <div class="places">
        <nav aria-label="Relay">
          ${places
            .filter(({ needs }) => needs === null || may(member, needs))
            .map(
              ({ id, href, name }) =>
                html`<a href="${href}" ${id === place ? html`aria-current="${up ? 'true' : 'page'}"` : ''}>${icon(id)}${name}</a>`,
            )}
        </nav>
        <main class="panel" id="content" tabindex="-1">
          <div class="head">
            ${up ? html`<a class="up" href="${up.href}">${up.name}</a><span class="slash" aria-hidden="true">/</span>` : ''}
            <h1>${title}</h1>
            ${beside ? html`<span class="beside">${beside}</span>` : ''} ${actions ? html`<div class="actions">${actions}</div>` : ''}
          </div>
          <div class="body">${body}</div>
        </main>
      </div>`,
  })
