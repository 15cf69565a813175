import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { InternalApi } from '../api.ts'
import type { Emulated } from '../emulated.ts'
import { lettersOf } from '../gaps/a1.ts'
import { readSpreadsheets } from '../gaps/sheets.ts'
import { list, moment, page, type Html, type NavItem } from './layout.ts'
import { mailPage } from './mail.ts'

const event = z.looseObject({
  id: z.string(),
  summary: z.string().default(''),
  location: z.string().default(''),
  description: z.string().default(''),
  start: z.looseObject({ date: z.string().optional(), dateTime: z.string().optional() }),
  end: z.looseObject({ date: z.string().optional(), dateTime: z.string().optional() }),
  attendees: z.array(z.looseObject({ email: z.string() })).default([]),
})
const calendar = z.looseObject({ id: z.string(), summary: z.string() })
const file = z.looseObject({
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  modifiedTime: z.string(),
  size: z.string().optional(),
  parents: z.array(z.string()).default([]),
})

const kinds: Readonly<Record<string, string>> = {
  'application/vnd.google-apps.folder': 'Folder',
  'application/vnd.google-apps.spreadsheet': 'Spreadsheet',
  'application/vnd.google-apps.document': 'Document',
}

export type Account = { login: string; id: number }

export function googlePages({ store }: Emulated, api: InternalApi): Hono {
  const app = new Hono()

  const accounts = (): Account[] =>
    store
      .collection('google.users')
      .all()
      .map(row => ({ login: String(row['email']), id: row.id }))
  const chosen = (c: Context): Account =>
    accounts().find(({ login }) => login === c.req.query('account')) ?? accounts()[0] ?? { login: '', id: 0 }

  const accountNav = (c: Context, account: Account): NavItem[] => [
    { group: 'Account' },
    ...accounts().map(({ login }) => ({
      label: login,
      href: `${c.req.path}?account=${encodeURIComponent(login)}`,
      current: login === account.login,
    })),
  ]
  const show = (c: Context, title: string, places: NavItem[], content: Html) => {
    const account = chosen(c)
    return c.html(page({ title, account: account.login, nav: [...places, ...accountNav(c, account)], content }))
  }

  app.get('/gmail', async c => {
    const { nav, content } = await mailPage(api, chosen(c), c.req.query())
    return show(c, 'Practice Gmail', nav, content)
  })

  app.get('/calendar', async c => {
    const account = chosen(c)
    const { items: calendars } = await api.call(account, '/calendar/v3/users/me/calendarList', z.object({ items: z.array(calendar) }))
    const current = calendars.find(({ id }) => id === c.req.query('calendar')) ?? calendars[0]
    const path = `/calendar/v3/calendars/${encodeURIComponent(current?.id ?? 'primary')}/events?maxResults=250&orderBy=startTime`
    const { items: events } = await api.call(account, path, z.object({ items: z.array(event) }))
    const nav = calendars.map(({ id, summary }) => ({
      label: summary,
      href: `/practice/calendar?account=${encodeURIComponent(account.login)}&calendar=${encodeURIComponent(id)}`,
      current: id === current?.id,
    }))
    const items = events.map(
      each =>
        html`<li>
          <div class="line">
            <span class="who">${each.summary}</span>
            <span class="meta end"
              >${each.start.date ?? moment(each.start.dateTime ?? '')} – ${each.end.date ?? moment(each.end.dateTime ?? '')}</span
            >
          </div>
          ${each.location ? html`<span class="dim">${each.location}</span>` : ''}
          ${each.description ? html`<p class="text dim">${each.description}</p>` : ''}
          ${each.attendees.length > 0 ? html`<span class="meta">With ${each.attendees.map(({ email }) => email).join(', ')}</span>` : ''}
        </li>`,
    )
    return show(
      c,
      'Practice Calendar',
      [{ group: 'Calendars' }, ...nav],
      html`<h2>${current?.summary}</h2>
        ${list(items, 'No events yet.')}`,
    )
  })

  app.get('/drive', async c => {
    const account = chosen(c)
    const { files } = await api.call(account, '/drive/v3/files?pageSize=1000', z.object({ files: z.array(file) }))
    const nameOf = (id: string | undefined) => files.find(each => each.id === id)?.name ?? 'My Drive'
    const items = files
      .sort((a, b) => b.modifiedTime.localeCompare(a.modifiedTime))
      .map(
        each =>
          html`<li>
            <div class="line">
              ${
                each.mimeType === 'application/vnd.google-apps.spreadsheet'
                  ? html`<a class="who what" href="/practice/sheets?account=${account.login}&id=${each.id}">${each.name}</a>`
                  : html`<span class="who">${each.name}</span>`
              }
              <span class="chip">${kinds[each.mimeType] ?? each.mimeType}</span>
              <span class="meta end">${moment(each.modifiedTime)}</span>
            </div>
            <span class="meta">In ${nameOf(each.parents[0])}${each.size ? ` · ${each.size} bytes` : ''}</span>
          </li>`,
      )
    return show(
      c,
      'Practice Drive',
      [{ group: 'Files' }, { label: 'All files', href: '/practice/drive', current: true }],
      html`<h2>All files</h2>
        ${list(items, 'No files yet.')}`,
    )
  })

  app.get('/sheets', c => {
    const account = chosen(c)
    const names = store.collection('google.drive_items')
    const nameOf = (id: string) => String(names.findOneBy('google_id', id)?.['name'] ?? '')
    const own = readSpreadsheets(store).filter(({ owner }) => owner === account.login)
    const current = own.find(({ id }) => id === c.req.query('id')) ?? own.at(-1)
    const nav = own.map(({ id }) => ({
      label: nameOf(id),
      href: `/practice/sheets?account=${encodeURIComponent(account.login)}&id=${encodeURIComponent(id)}`,
      current: id === current?.id,
    }))
    const grids = (current?.sheets ?? []).map(({ title, rows }) => {
      const width = Math.max(4, ...rows.map(row => row.length))
      const columns = Array.from({ length: width }, (_, at) => at)
      return html`<h3>${title}</h3>
        <div class="grid" tabindex="0" role="region" aria-label="${title}">
          <table>
            <thead>
              <tr>
                <th scope="col"><span class="meta">Row</span></th>
                ${columns.map(at => html`<th scope="col">${lettersOf(at)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${(rows.length > 0 ? rows : [[]]).map(
                (row, at) =>
                  html`<tr>
                    <th scope="row">${at + 1}</th>
                    ${columns.map(column => html`<td>${String(row[column] ?? '')}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`
    })
    const content = current
      ? html`<h2>${nameOf(current.id)}</h2>
          ${grids}`
      : html`<p class="empty">No spreadsheets yet.</p>`
    return show(c, 'Practice Sheets', [{ group: 'Spreadsheets' }, ...nav], content)
  })

  return app
}
