import { html } from 'hono/html'

export type Html = ReturnType<typeof html>
export type NavItem = { label: string; href: string; current: boolean; count?: number } | { group: string }

/** One page: its name, who it belongs to, the places in it, and what is there. Every value is escaped by `html`. */
export function page(options: { title: string; account: string; nav: readonly NavItem[]; content: Html }) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${options.title} · Practice</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/practice/style.css" />
        <script src="/practice/live.js" defer></script>
      </head>
      <body>
        <header>
          <h1>${options.title}</h1>
          <span class="badge">Practice</span>
          <span class="meta">${options.account}</span>
          <span class="note">On this machine only. Nothing here reaches the real service.</span>
        </header>
        <div class="body">
          <nav aria-label="${options.title}">
            ${options.nav.map(item =>
              'group' in item
                ? html`<span class="group">${item.group}</span>`
                : html`<a href="${item.href}" ${item.current ? html`aria-current="page"` : ''}
                    ><span>${item.label}</span>${item.count ? html`<span>${item.count}</span>` : ''}</a
                  >`,
            )}
          </nav>
          <main>${options.content}</main>
        </div>
      </body>
    </html>`
}

export const list = (items: readonly Html[], empty: string) =>
  items.length > 0
    ? html`<ul class="list">
        ${items}
      </ul>`
    : html`<p class="empty">${empty}</p>`

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** A moment for reading, with the exact one behind it. */
export function moment(at: Date | string) {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return html`<span>${String(at)}</span>`
  return html`<time datetime="${date.toISOString()}">${clock.format(date)}</time>`
}
