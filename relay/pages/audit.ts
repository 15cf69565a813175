import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { actionWords, auditKinds, type AuditKind } from '../audit/actions.ts'
import type { AuditFilter, AuditLine } from '../audit/audit.ts'
import { exportAs } from '../audit/export.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { toStream } from '../web/to-stream.ts'
import { membersOnly } from './account.ts'
import { appLink } from './account-tables.ts'
import { memberPage } from './frame.ts'
import { empty, table, type Html } from './layout.ts'
import { exactTime } from './time.ts'

const pageLength = 50
const exportedAtOnce = 1000
const dayMs = 24 * 60 * 60_000

const word = z.string().trim().min(1).max(254).optional().catch(undefined)
/** What the log is narrowed to, as the address says it: `who` is an e-mail, `day` one in UTC. */
const query = z.object({
  kind: z
    .enum(Object.keys(auditKinds) as [AuditKind, ...AuditKind[]])
    .optional()
    .catch(undefined),
  who: word.transform(text => text?.toLowerCase()),
  app: word,
  day: z.iso.date().optional().catch(undefined),
  before: z.coerce.number().int().positive().optional().catch(undefined),
})
type Wish = Omit<z.infer<typeof query>, 'before'>

/** What was done in the workspace, and by whom: narrowed, page by page, and as a file. */
export function auditPages(rooms: Rooms): Hono<RelayEnv> {
  const { audit, members, releases, workspace } = rooms
  const app = new Hono<RelayEnv>()
  app.use('/audit', membersOnly(rooms))
  app.use('/audit/*', membersOnly(rooms))

  async function read(c: Context<RelayEnv>) {
    const { member } = c.get('visitor')
    demand(member, 'audit.read')
    const { before, ...wish } = query.parse(c.req.query())
    const people = await members.list(member)
    return { member, people, wish, before, filter: toFilter(wish, people), nameOf: namer(people) }
  }

  app.get('/audit', async c => {
    const { member, people, wish, before, filter, nameOf } = await read(c)
    const [lines, apps] = await Promise.all([audit.list(member.workspaceId, { before, filter, limit: pageLength }), releases.apps(member)])
    const last = lines.at(-1)
    const appNames = new Map(apps.map(({ id, name }) => [id, name]))
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'audit',
        title: 'Audit log',
        beside: 'Lines are added and never changed',
        actions: html`<a class="button" href="/audit/log.csv${queryOf(wish)}">CSV</a
          ><a class="button" href="/audit/log.json${queryOf(wish)}">JSON</a>`,
        body: html`${filterForm(wish, people, appNames)}
          ${
            lines.length
              ? table(
                  'Audit log',
                  [{ name: 'When' }, { name: 'Who' }, { name: 'What', kind: 'main' }, { name: 'Whom or which' }, { name: 'App' }],
                  lines.map(line => rowOf(line, nameOf, appNames)),
                )
              : empty(before === undefined ? 'Nothing of this has happened.' : 'There is nothing older.')
          }
          <p class="more">
            ${before === undefined ? '' : html`<a href="/audit${queryOf(wish)}">Newest</a>`}
            ${lines.length === pageLength && last ? html`<a href="/audit${queryOf({ ...wish, before: last.id })}">Older</a>` : ''}
          </p>`,
      }),
    )
  })

  async function* all(workspaceId: string, filter: AuditFilter): AsyncGenerator<AuditLine[]> {
    for (let before: number | undefined; ;) {
      const lines = await audit.list(workspaceId, { before, filter, limit: exportedAtOnce })
      if (lines.length > 0) yield lines
      if (lines.length < exportedAtOnce) return
      before = lines.at(-1)?.id
    }
  }

  async function file(c: Context<RelayEnv>, kind: keyof typeof exportAs): Promise<Response> {
    const { member, filter, nameOf } = await read(c)
    return c.body(toStream(encoded(exportAs[kind](all(member.workspaceId, filter), nameOf))), 200, {
      'content-type': kind === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
      'content-disposition': `attachment; filename="audit-log.${kind}"`,
    })
  }
  app.get('/audit/log.csv', c => file(c, 'csv'))
  app.get('/audit/log.json', c => file(c, 'json'))
  return app
}

/** An e-mail is that of a member, of a user of an app, or of one who is both. */
function toFilter({ kind, who, app, day }: Wish, people: readonly Member[]): AuditFilter {
  const from = day === undefined ? undefined : Date.parse(day)
  const actor = people.find(({ email }) => email === who)?.userId
  return {
    ...(kind && { kind }),
    ...(actor && { actor }),
    ...(who && { appUser: who }),
    ...(app && { appId: app }),
    ...(from !== undefined && { from, to: from + dayMs }),
  }
}

/** Members by the name that they have now, users of apps by the e-mail that they had. Null: nobody was signed in. */
const namer = (people: readonly Member[]) => {
  const names = new Map(people.map(({ userId, name }) => [userId, name]))
  return ({ actor, appUser }: AuditLine): string | null => (actor === null ? (appUser ?? null) : (names.get(actor) ?? 'A former member'))
}

function rowOf(line: AuditLine, nameOf: (line: AuditLine) => string | null, appNames: ReadonlyMap<string, string>): (Html | string)[] {
  const { at, appUser, action, subject, detail, appId, ip } = line
  const name = nameOf(line)
  const origin = [appUser && 'user of the app', ip].filter(Boolean).join(', ')
  return [
    exactTime(at),
    html`${name ?? nobody(action)}${origin ? html`<small>${origin}</small>` : ''}`,
    actionWords(action),
    html`${subject}${detail ? html`<small>${detail}</small>` : ''}`,
    appId === undefined ? '' : appNames.has(appId) ? appLink(appId, appNames.get(appId)) : appId,
  ]
}

/** What stands for whoever did something without having signed in. */
const nobody = (action: string): string =>
  action === 'connection.used' ? 'The app itself' : action === 'keys.rotated' ? 'Whoever runs the relay' : 'Not signed in'

const filterForm = ({ kind, who = '', app, day = '' }: Wish, people: readonly Member[], appNames: ReadonlyMap<string, string>): Html =>
  html`<form class="line" method="get" action="/audit">
    ${choice('kind', 'What', auditKinds, kind)}
    <p class="field">
      <label for="who">Who</label>
      <input id="who" name="who" type="search" value="${who}" list="people" autocomplete="off" placeholder="E-mail" />
      <datalist id="people">${people.map(({ name, email }) => html`<option value="${email}">${name}</option>`)}</datalist>
    </p>
    ${choice('app', 'App', Object.fromEntries(appNames), app)}
    <p class="field">
      <label for="day">Day (UTC)</label>
      <input id="day" name="day" type="date" value="${day}" />
    </p>
    <button class="plain" type="submit">Show</button>
    ${kind || who || app || day ? html`<a class="button" href="/audit">Show all</a>` : ''}
  </form>`

function choice(name: string, label: string, options: Readonly<Record<string, string>>, chosen: string | undefined): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">All</option>
      ${Object.entries(options).map(([value, text]) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${text}</option>`)}
    </select>
  </p>`
}

/** With its question mark, or nothing. */
function queryOf(wish: Wish & { before?: number }): string {
  const fields = Object.entries(wish).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return fields.length ? `?${new URLSearchParams(fields)}` : ''
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const text of texts) yield encoder.encode(text)
}
