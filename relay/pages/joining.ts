import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { email, passwordLength, personName } from '../../core/person.ts'
import { article } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, authHeaders, setCookies, type RelayEnv } from '../web/request.ts'
import { answerForm, parseFields } from './forms.ts'
import { alert, field, hidden, page, type Html } from './layout.ts'

export const linkLimit = { name: 'link from', most: 30, windowMs: 10 * 60_000 } as const

const secret = z.string().max(200)
const password = z.string().max(1000)
const setupForm = z.object({ token: secret, name: personName, email, password })
const invitationForm = z.object({ token: secret, name: personName, password })
const resetForm = z.object({ token: secret, password })

const passwordField = field({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  hint: `At least ${passwordLength.least} characters. A few words that belong together only for you are good.`,
})

/** What links lead to: the first owner's set-up, an invitation, a new password. Each works once. */
export function joiningPages({ accounts, invitations, limits, reset, setup, workspace }: Rooms): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  const isOver = (c: Context, text: string) =>
    c.html(
      page({
        title: 'This link is over',
        body: html`<p>${text}</p>
          <a class="button" href="/sign-in">Sign in</a>`,
      }),
      410,
    )
  const tokenOf = (c: Context) => secret.catch('').parse(c.req.query('token'))
  const countTry = (c: Context<RelayEnv>) => limits.take(linkLimit, addressOf(c) ?? '')

  async function signIn(c: Context<RelayEnv>, email: string, password: string): Promise<Response> {
    const { cookies } = await accounts.signIn(email, password, authHeaders(c))
    setCookies(c, cookies)
    return c.redirect('/apps', 303)
  }

  const showSetup = (message: string | null, { token = '', name = '', email = '' }: Record<string, string>): Html =>
    page({
      title: 'Set up this relay',
      body: html`<p>You become the owner of <strong>${workspace.name}</strong>. Everyone else comes by an invitation.</p>
        ${alert(message)}
        <form method="post" action="/set-up">
          ${hidden({ token })} ${field({ name: 'name', label: 'Your name', value: name, autocomplete: 'name' })}
          ${field({ name: 'email', label: 'E-mail', type: 'email', value: email, autocomplete: 'username' })} ${passwordField}
          <button type="submit">Set up</button>
        </form>`,
    })

  app.get('/set-up', async c => {
    await countTry(c)
    const token = tokenOf(c)
    if (!(await setup.isOpen(token)))
      return isOver(
        c,
        'It was used, or this relay has an owner already. The terminal of the relay shows a new one at each start until there is an owner.',
      )
    return c.html(showSetup(null, { token }))
  })
  app.post('/set-up', c =>
    answerForm(
      c,
      async fields => {
        await countTry(c)
        const { token, ...person } = parseFields(setupForm, fields)
        await setup.use(token, { ...person, ip: addressOf(c) })
        return signIn(c, person.email, person.password)
      },
      showSetup,
    ),
  )

  async function showInvitation(message: string | null, { token = '', name = '' }: Record<string, string>): Promise<Html> {
    const invitation = await invitations.find(token)
    if (!invitation) return page({ title: 'This link is over', body: alert(message) })
    return page({
      title: `Join ${workspace.name}`,
      body: html`<p>You are invited as <strong>${article(invitation.role)}</strong>.</p>
        ${alert(message)}
        <form method="post" action="/invitation">
          ${hidden({ token })}
          ${field({ name: 'email', label: 'E-mail', type: 'email', value: invitation.email, autocomplete: 'username', readonly: true })}
          ${field({ name: 'name', label: 'Your name', value: name, autocomplete: 'name' })} ${passwordField}
          <button type="submit">Join</button>
        </form>
        ${accounts.oidc ? html`<a class="button" href="/sign-in/oidc">Continue with ${accounts.oidc.name}</a>` : ''}`,
    })
  }

  app.get('/invitation', async c => {
    await countTry(c)
    const token = tokenOf(c)
    if (!(await invitations.find(token)))
      return isOver(c, 'This invitation was used, withdrawn or is too old. Ask who invited you for a new one.')
    return c.html(await showInvitation(null, { token }))
  })
  app.post('/invitation', c =>
    answerForm(
      c,
      async fields => {
        await countTry(c)
        const { token, ...person } = parseFields(invitationForm, fields)
        const { email } = await invitations.accept(token, { ...person, ip: addressOf(c) })
        return signIn(c, email, person.password)
      },
      showInvitation,
    ),
  )

  const showReset = (message: string | null, { token = '' }: Record<string, string>): Html =>
    page({
      title: 'Choose a new password',
      body: html`<p>You will be signed out everywhere else, on desktops, too.</p>
        ${alert(message)}
        <form method="post" action="/reset">${hidden({ token })} ${passwordField}<button type="submit">Set password</button></form>`,
    })

  app.get('/reset', async c => {
    await countTry(c)
    const token = tokenOf(c)
    if (!(await reset.isOpen(token))) return isOver(c, 'This link was used or is too old. Ask an admin for a new one.')
    return c.html(showReset(null, { token }))
  })
  app.post('/reset', c =>
    answerForm(
      c,
      async fields => {
        await countTry(c)
        const { token, password } = parseFields(resetForm, fields)
        const { email } = await reset.use(token, password, addressOf(c))
        return signIn(c, email, password)
      },
      showReset,
    ),
  )

  return app
}
