import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { role, type Role } from '../../core/contract/relay.ts'
import { AppError } from '../../core/errors.ts'
import { email } from '../../core/person.ts'
import { roleNames } from '../../core/role-names.ts'
import { demand, may, mayManage, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { membersOnly } from './account.ts'
import { answerForm, parseFields } from './forms.ts'
import { memberPage } from './frame.ts'
import { alert, buttonForm, field, hidden, question, table, type Html } from './layout.ts'
import { time } from './time.ts'

const inviteForm = z.object({ email, role })
const onePerson = z.object({ id: z.string().max(100) })
const roleForm = onePerson.extend({ role })

/** Who is in the workspace: inviting, roles, new passwords and removing. What a role may not do is not shown, and refused if it is tried. */
export function memberPages(rooms: Rooms): Hono<RelayEnv> {
  const { invitations, members, reset, url, workspace } = rooms
  const app = new Hono<RelayEnv>()
  for (const path of ['/members', '/members/*']) app.use(path, membersOnly(rooms))

  const choices = (actor: Member, chosen: Role) =>
    role.options
      .filter(option => mayManage(actor, option))
      .map(option => html`<option value="${option}" ${option === chosen ? 'selected' : ''}>${roleNames[option]}</option>`)

  async function show(
    actor: Member,
    { message = null, link = null }: { message?: string | null; link?: { text: string; href: string } | null } = {},
  ): Promise<Html> {
    const [people, open] = await Promise.all([members.list(actor), may(actor, 'members.invite') ? invitations.list(actor) : []])
    return memberPage({
      member: actor,
      workspace: workspace.name,
      place: 'members',
      title: 'Members',
      beside: String(people.length),
      body: html`${alert(message)} ${link ? html`<p class="note" role="status">${link.text}<br /><code>${link.href}</code></p>` : ''}
      ${table(
        'Members',
        [{ name: 'Name', kind: 'main' }, { name: 'E-mail' }, { name: 'Role' }, { name: 'What can be done', kind: 'acts' }],
        people.map(person => row(actor, person)),
      )}
      ${may(actor, 'members.invite') ? inviting(actor, open) : ''}`,
    })
  }

  function row(actor: Member, { userId, name, email, role }: Member): (Html | string)[] {
    if (!mayManage(actor, role)) return [name, email, roleNames[role], '']
    return [
      name,
      email,
      html`<form method="post" action="/members/role">
        ${hidden({ id: userId })}<select name="role" aria-label="Role of ${name}">
          ${choices(actor, role)}</select
        ><button class="plain" type="submit" aria-label="Change role of ${name}">Change</button>
      </form>`,
      html`${buttonForm('/members/reset', 'New password', { id: userId }, { name: `New password for ${name}` })}<a
          class="button"
          href="/members/remove?id=${encodeURIComponent(userId)}"
          aria-label="Remove ${name}"
          >Remove…</a
        >`,
    ]
  }

  const inviting = (actor: Member, open: Awaited<ReturnType<typeof invitations.list>>): Html =>
    html`<h2>Invite someone</h2>
      <form class="line" method="post" action="/members/invite">
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
              ${table(
                'Open invitations',
                [{ name: 'E-mail', kind: 'main' }, { name: 'Role' }, { name: 'Until' }, { name: 'Withdraw', kind: 'acts' }],
                open.map(({ id, email, role, expiresAt }) => [
                  email,
                  roleNames[role],
                  time(expiresAt),
                  buttonForm('/members/withdraw', 'Withdraw', { id }, { name: `Withdraw the invitation of ${email}` }),
                ]),
              )}`
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
  app.get('/members/remove', async c => {
    const { member } = c.get('visitor')
    demand(member, 'members.change')
    const { id } = parseFields(onePerson, c.req.query())
    const person = (await members.list(member)).find(each => each.userId === id && mayManage(member, each.role))
    if (!person) throw new AppError('not_found', 'This person is not a member any more.')
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'members',
        up: { href: '/members', name: 'Members' },
        title: `Remove ${person.name}`,
        body: question({
          text: html`<strong>${person.name}</strong> (${person.email}) is signed out everywhere at once, on desktops, too. What they
            published and gave to the relay stays.`,
          action: '/members/remove',
          fields: { id },
          confirm: 'Remove',
          cancel: '/members',
        }),
      }),
    )
  })
  app.post('/members/remove', c => act(c, (actor, fields) => members.remove(actor, parseFields(onePerson, fields).id)))
  app.post('/members/reset', c =>
    act(c, async (actor, fields) => {
      const { token, email } = await reset.makeLink(actor, parseFields(onePerson, fields).id)
      return { text: `Give this link to ${email}. It works once, for a day, and is not shown again.`, href: `${url}/reset?token=${token}` }
    }),
  )

  return app
}
