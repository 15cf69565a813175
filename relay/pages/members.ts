import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { role, type Role } from '../../core/contract/relay.ts'
import { email } from '../members/people.ts'
import { demand, may, mayManage, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { membersOnly, navigation } from './account.ts'
import { answerForm, parseFields } from './forms.ts'
import { alert, buttonForm, field, hidden, page, time, type Html } from './layout.ts'

const inviteForm = z.object({ email, role })
const onePerson = z.object({ id: z.string().max(100) })
const roleForm = onePerson.extend({ role })

const roleNames = { owner: 'Owner', admin: 'Admin', editor: 'Editor', viewer: 'Viewer' } satisfies Record<Role, string>

/** Who is in the workspace: inviting, roles, new passwords, removing, and the audit log. What a role may not do is not shown, and refused if it is tried. */
export function memberPages(rooms: Rooms): Hono<RelayEnv> {
  const { audit, invitations, members, reset, url } = rooms
  const app = new Hono<RelayEnv>()
  for (const path of ['/members', '/members/*', '/audit']) app.use(path, membersOnly(rooms))

  const choices = (actor: Member, chosen: Role) =>
    role.options
      .filter(option => mayManage(actor, option))
      .map(option => html`<option value="${option}" ${option === chosen ? 'selected' : ''}>${roleNames[option]}</option>`)

  async function show(
    actor: Member,
    { message = null, link = null }: { message?: string | null; link?: { text: string; href: string } | null } = {},
  ): Promise<Html> {
    const [people, open] = await Promise.all([members.list(actor), may(actor, 'members.invite') ? invitations.list(actor) : []])
    return page({
      title: 'Members',
      wide: true,
      body: html`${navigation(actor)}${alert(message)}
        ${link ? html`<p class="note" role="status">${link.text}<br /><code>${link.href}</code></p>` : ''}
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>E-mail</th>
              <th>Role</th>
              <th></th>
            </tr>
          </thead>
          <tbody>
            ${people.map(person => row(actor, person))}
          </tbody>
        </table>
        ${may(actor, 'members.invite') ? inviting(actor, open) : ''}`,
    })
  }

  function row(actor: Member, { userId, name, email, role }: Member): Html {
    const isManaged = mayManage(actor, role)
    return html`<tr>
      <td>${name}</td>
      <td>${email}</td>
      <td>
        ${
          isManaged
            ? html`<form method="post" action="/members/role">
                ${hidden({ id: userId })}<select name="role" aria-label="Role of ${name}">
                  ${choices(actor, role)}</select
                ><button class="plain" type="submit" aria-label="Change role of ${name}">Change</button>
              </form>`
            : roleNames[role]
        }
      </td>
      <td>
        ${isManaged ? html`${buttonForm('/members/reset', 'New password', { id: userId }, `New password for ${name}`)}${buttonForm('/members/remove', 'Remove', { id: userId }, `Remove ${name}`)}` : ''}
      </td>
    </tr>`
  }

  const inviting = (actor: Member, open: Awaited<ReturnType<typeof invitations.list>>): Html =>
    html`<h2>Invite someone</h2>
      <form method="post" action="/members/invite">
        ${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'off' })}
        <p class="field">
          <label for="role">Role</label
          ><select id="role" name="role">
            ${choices(actor, 'editor')}
          </select>
        </p>
        <button type="submit">Make a link</button>
      </form>
      ${
        open.length
          ? html`<h2>Open invitations</h2>
              <table>
                <tbody>
                  ${open.map(
                    ({ id, email, role, expiresAt }) =>
                      html`<tr>
                        <td>${email}</td>
                        <td>${roleNames[role]}</td>
                        <td>until ${time(expiresAt)}</td>
                        <td>${buttonForm('/members/withdraw', 'Withdraw', { id })}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>`
          : ''
      }`

  /** Does one thing to one member and shows the list again, with what went wrong above it. */
  const act = (
    c: Context<RelayEnv>,
    work: (actor: Member, fields: Record<string, string>) => Promise<{ text: string; href: string } | void>,
  ) => {
    const { member } = c.get('visitor')
    return answerForm(
      c,
      async fields => {
        const link = await work(member, fields)
        return link ? c.html(await show(member, { link })) : c.redirect('/members', 303)
      },
      message => show(member, { message }),
    )
  }

  app.get('/members', async c => c.html(await show(c.get('visitor').member)))
  app.post('/members/invite', c =>
    act(c, async (actor, fields) => {
      const { token, email } = await invitations.invite(actor, parseFields(inviteForm, fields))
      return {
        text: `Send this link to ${email}. It works once, for seven days, and is not shown again.`,
        href: `${url}/invitation?token=${token}`,
      }
    }),
  )
  app.post('/members/withdraw', c => act(c, (actor, fields) => invitations.withdraw(actor, parseFields(onePerson, fields).id)))
  app.post('/members/role', c =>
    act(c, (actor, fields) => {
      const { id, role } = parseFields(roleForm, fields)
      return members.changeRole(actor, id, role)
    }),
  )
  app.post('/members/remove', c => act(c, (actor, fields) => members.remove(actor, parseFields(onePerson, fields).id)))
  app.post('/members/reset', c =>
    act(c, async (actor, fields) => {
      const { token, email } = await reset.makeLink(actor, parseFields(onePerson, fields).id)
      return { text: `Give this link to ${email}. It works once, for a day, and is not shown again.`, href: `${url}/reset?token=${token}` }
    }),
  )

  app.get('/audit', async c => {
    const { member } = c.get('visitor')
    demand(member, 'audit.read')
    const before = z.coerce.number().int().positive().optional().catch(undefined).parse(c.req.query('before'))
    const [lines, people] = await Promise.all([audit.list(member.workspaceId, { before }), members.list(member)])
    const names = new Map(people.map(({ userId, name }) => [userId, name]))
    const last = lines.at(-1)
    return c.html(
      page({
        title: 'Audit log',
        wide: true,
        body: html`${navigation(member)}
          <table>
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>Whom</th>
                <th>From</th>
              </tr>
            </thead>
            <tbody>
              ${lines.map(
                ({ at, actor, action, subject, detail, ip }) =>
                  html`<tr>
                    <td>${time(at)}</td>
                    <td>${actor === null ? '–' : (names.get(actor) ?? 'a former member')}</td>
                    <td>${action}</td>
                    <td>${subject}${detail ? ` (${detail})` : ''}</td>
                    <td>${ip ?? ''}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
          ${lines.length === 50 && last ? html`<p><a href="/audit?before=${last.id}">Older</a></p>` : ''}`,
      }),
    )
  })
  return app
}
