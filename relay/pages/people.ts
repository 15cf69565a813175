import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { inviteRequest, type AppPeople, type HandedLink } from '../../core/contract/published.ts'
import type { PublishedApp } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import type { About } from '../appusers/people.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { answerForm, parseFields } from './forms.ts'
import { memberPage } from './frame.ts'
import { alert, buttonForm, chip, empty, field, question, table, type Html } from './layout.ts'
import { exactTime, time } from './time.ts'
import { publishedApp } from './published-app.ts'

const onePerson = z.object({ id: z.string().max(100) })

type Told = { message?: string; link?: HandedLink; email?: string }

/** Who uses an app: inviting, taking someone out, and new passwords. There is no mail: links are handed over. */
export function peoplePages(rooms: Rooms): Hono<RelayEnv> {
  const { peopleOfApps, workspace } = rooms
  const app = new Hono<RelayEnv>()

  async function about(c: Context<RelayEnv>): Promise<{ who: About; published: PublishedApp }> {
    const published = await publishedApp(rooms, c)
    return { published, who: { member: c.get('visitor').member, appId: published.id, ip: addressOf(c) } }
  }

  async function show(who: About, { id, name }: PublishedApp, told: Told = {}): Promise<Html> {
    const { users, invitations, asks } = await peopleOfApps.list(who)
    const at = `/apps/${id}/people`
    return memberPage({
      member: who.member,
      workspace: workspace.name,
      place: 'apps',
      up: { href: `/apps/${id}`, name },
      title: 'People',
      beside: String(users.length),
      body: html`${alert(told.message ?? null)} ${told.link ? handed(told.link) : ''}
        ${users.length ? userTable(at, users) : empty('Nobody uses this app yet.')}
        <h2>Invite someone</h2>
        <form class="line" method="post" action="${at}/invite">
          ${field({ name: 'email', label: 'E-mail', type: 'email', value: told.email ?? '', autocomplete: 'off' })}
          <button type="submit">Make a link</button>
        </form>
        ${
          asks.length
            ? html`<h2>Want to be let in</h2>
                ${table(
                  'Want to be let in',
                  [{ name: 'Name', kind: 'main' }, { name: 'E-mail' }, { name: 'Asked' }, { name: 'Invite', kind: 'acts' }],
                  asks.map(ask => [
                    ask.name,
                    ask.email,
                    time(ask.at),
                    buttonForm(`${at}/invite`, 'Invite', { email: ask.email }, { name: `Invite ${ask.email}` }),
                  ]),
                )}`
            : ''
        }
        ${
          invitations.length
            ? html`<h2>Open invitations</h2>
                ${table(
                  'Open invitations',
                  [{ name: 'E-mail', kind: 'main' }, { name: 'Until' }, { name: 'Withdraw', kind: 'acts' }],
                  invitations.map(invitation => [
                    invitation.email,
                    time(invitation.expiresAt),
                    buttonForm(
                      `${at}/withdraw`,
                      'Withdraw',
                      { id: invitation.id },
                      { name: `Withdraw the invitation of ${invitation.email}` },
                    ),
                  ]),
                )}`
            : ''
        }`,
    })
  }

  /** Does one thing and shows the people again, with what went wrong, or the link that came of it. */
  async function act(
    c: Context<RelayEnv>,
    work: (who: About, fields: Record<string, string>) => Promise<HandedLink | void>,
  ): Promise<Response> {
    const { who, published } = await about(c)
    return answerForm(
      c,
      async fields => {
        const link = await work(who, fields)
        return link ? c.html(await show(who, published, { link })) : c.redirect(`/apps/${published.id}/people`, 303)
      },
      (message, { email }) => show(who, published, { message, email }),
    )
  }

  app.get('/apps/:app/people', async c => {
    const { who, published } = await about(c)
    return c.html(await show(who, published))
  })
  app.post('/apps/:app/people/invite', c => act(c, (who, fields) => peopleOfApps.invite(who, parseFields(inviteRequest, fields).email)))
  app.post('/apps/:app/people/withdraw', c => act(c, (who, fields) => peopleOfApps.withdraw(who, parseFields(onePerson, fields).id)))
  app.get('/apps/:app/people/remove', async c => {
    const { who, published } = await about(c)
    const at = `/apps/${published.id}/people`
    const { id } = parseFields(onePerson, c.req.query())
    const person = (await peopleOfApps.list(who)).users.find(each => each.id === id)
    if (!person) throw new AppError('not_found', 'This person is no user of the app any more.')
    return c.html(
      memberPage({
        member: who.member,
        workspace: workspace.name,
        place: 'apps',
        up: { href: at, name: `People of ${published.name}` },
        title: `Remove ${person.name}`,
        body: question({
          text: html`<strong>${person.name}</strong> (${person.email}) is signed out of ${published.name}, and the accounts that they
            connected there are ended. Their records stay.`,
          action: `${at}/remove`,
          fields: { id },
          confirm: 'Remove',
          cancel: at,
        }),
      }),
    )
  })
  app.post('/apps/:app/people/remove', c => act(c, (who, fields) => peopleOfApps.remove(who, parseFields(onePerson, fields).id)))
  app.post('/apps/:app/people/password', c => act(c, (who, fields) => peopleOfApps.passwordLink(who, parseFields(onePerson, fields).id)))
  return app
}

const handed = ({ email, url, expiresAt }: HandedLink): Html =>
  html`<p class="note" role="status">
    Give this link to ${email}. It works once, until ${exactTime(expiresAt)}, and is not shown again.<br /><code>${url}</code>
  </p>`

const userTable = (at: string, users: AppPeople['users']): Html =>
  table(
    'People',
    [
      { name: 'Name', kind: 'main' },
      { name: 'E-mail' },
      { name: 'Comes in' },
      { name: 'Since' },
      { name: 'What can be done', kind: 'acts' },
    ],
    users.map(({ id, name, email, createdAt, isMember, isInvited, hasAsked }) => [
      name,
      email,
      html`${isMember ? 'As a member' : isInvited ? 'Invited' : 'Signed up'}
      ${hasAsked ? html`<small>${chip('warn', 'Wants a new password')}</small>` : ''}`,
      time(createdAt),
      html`${isMember ? '' : buttonForm(`${at}/password`, 'New password', { id }, { name: `New password for ${name}` })}<a
          class="button"
          href="${at}/remove?id=${encodeURIComponent(id)}"
          aria-label="Remove ${name}"
          >Remove…</a
        >`,
    ]),
  )
