import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { callbackPath } from '../members/accounts.ts'
import { email } from '../../core/person.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, authHeaders, safeNext, setCookies, type RelayEnv } from '../web/request.ts'
import { answerForm, parseFields } from './forms.ts'
import { alert, field, hidden, page, type Html } from './layout.ts'

export const signInLimits = {
  address: { name: 'sign-in from', most: 30, windowMs: 10 * 60_000 },
  account: { name: 'sign-in as', most: 10, windowMs: 10 * 60_000 },
} as const

const form = z.object({ email, password: z.string().min(1).max(1000) })

/** Signing in with a password or the company's OpenID provider, and signing out. */
export function signInPages({ accounts, audit, database, limits, members, url, workspace }: Rooms): Hono<RelayEnv> {
  const { oidc } = accounts
  const app = new Hono<RelayEnv>()
  const show = (message: string | null, { email = '', next = '' }: Record<string, string> = {}): Html =>
    page({
      title: `Sign in to ${workspace.name}`,
      body: html`${alert(message)}
        <form method="post" action="/sign-in">
          ${hidden({ next })} ${field({ name: 'email', label: 'E-mail', type: 'email', value: email, autocomplete: 'username' })}
          ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
          <button type="submit">Sign in</button>
        </form>
        ${oidc ? html`<a class="button" href="/sign-in/oidc?next=${encodeURIComponent(next)}">Continue with ${oidc.name}</a>` : ''}`,
    })

  function noteFailure(c: Context<RelayEnv>, subject: string, detail?: string): Promise<void> {
    const note = { workspaceId: workspace.id, actor: null, action: 'member.sign_in_failed', subject, detail, ip: addressOf(c) } as const
    return database.transaction(() => audit.note(note))
  }

  app.get('/sign-in', async c => {
    const next = c.req.query('next') ?? ''
    if (c.req.query('error') !== undefined)
      return c.html(
        show(`${oidc?.name ?? 'Single sign-on'} did not sign you in. Ask an admin to invite the e-mail address that you have there.`, {
          next,
        }),
        403,
      )
    return (await accounts.current(authHeaders(c))) ? c.redirect(safeNext(next, url), 303) : c.html(show(null, { next }))
  })

  app.post('/sign-in', c =>
    answerForm(
      c,
      async fields => {
        const { email, password } = parseFields(form, fields)
        await limits.take(signInLimits.address, addressOf(c) ?? '')
        await limits.take(signInLimits.account, email)
        const { cookies } = await accounts.signIn(email, password, authHeaders(c)).catch(async (error: unknown) => {
          await noteFailure(c, email)
          throw error
        })
        await limits.clear(signInLimits.account, email)
        setCookies(c, cookies)
        return c.redirect(safeNext(fields['next'], url), 303)
      },
      show,
    ),
  )

  if (oidc) {
    app.get('/sign-in/oidc', async c => {
      await limits.take(signInLimits.address, addressOf(c) ?? '')
      const started = await oidc.start(authHeaders(c), safeNext(c.req.query('next'), url))
      setCookies(c, started.cookies)
      return c.redirect(started.url, 302)
    })
    app.get(callbackPath, async c => {
      await limits.take(signInLimits.address, addressOf(c) ?? '')
      const { pathname, search } = new URL(c.req.url)
      const answer = await oidc.finish(new Request(`${url}${pathname}${search}`, { headers: authHeaders(c) }))
      const failed = URL.parse(answer.headers.get('location') ?? '', url)?.searchParams.get('error') ?? null
      if (failed !== null || answer.status >= 400) await noteFailure(c, oidc.name, failed?.slice(0, 100))
      return answer
    })
  }

  app.post('/sign-out', async c => {
    const headers = authHeaders(c)
    const found = await accounts.current(headers)
    const member = found && (await members.of(found.userId))
    const { cookies } = await accounts.signOut(headers)
    if (member)
      await database.transaction(() =>
        audit.note({
          workspaceId: member.workspaceId,
          actor: member.userId,
          action: 'member.signed_out',
          subject: member.email,
          ip: addressOf(c),
        }),
      )
    setCookies(c, cookies)
    return c.redirect('/sign-in', 303)
  })

  return app
}
