import { Hono, type MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { article, may, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, authHeaders, readFields, setCookies, type RelayEnv } from '../web/request.ts'
import { parseFields } from './forms.ts'
import { buttonForm, page, time, type Html } from './layout.ts'

const oneId = z.object({ id: z.string().max(100) })

/** Lets members through, and sends everyone else to sign in and back. */
export function membersOnly({ accounts, members }: Rooms): MiddlewareHandler<RelayEnv> {
  return async (c, next) => {
    const found = await accounts.current(authHeaders(c))
    const member = found && (await members.of(found.userId))
    if (!found || !member) {
      const { pathname, search } = new URL(c.req.url)
      return c.redirect(c.req.method === 'GET' ? `/sign-in?next=${encodeURIComponent(pathname + search)}` : '/sign-in', 303)
    }
    setCookies(c, found.cookies)
    c.set('visitor', { member, sessionId: found.sessionId })
    return next()
  }
}

export const navigation = (member: Member): Html =>
  html`<nav aria-label="Relay">
    <a href="/account">Your account</a>${may(member, 'members.see') ? html`<a href="/members">Members</a>` : ''}${
      may(member, 'audit.read') ? html`<a href="/audit">Audit log</a>` : ''
    }
  </nav>`

/** A member's own page: where they are signed in, in browsers and on desktops. */
export function accountPages(rooms: Rooms): Hono<RelayEnv> {
  const { sessions, desktops } = rooms
  const app = new Hono<RelayEnv>()
  app.use('/account', membersOnly(rooms))
  app.use('/account/*', membersOnly(rooms))

  app.get('/account', async c => {
    const { member, sessionId } = c.get('visitor')
    const [browsers, machines] = await Promise.all([sessions.list(member.userId), desktops.list(member.userId)])
    return c.html(
      page({
        title: 'Your account',
        wide: true,
        body: html`${navigation(member)}
          <p>You are <strong>${member.name}</strong> (${member.email}), ${article(member.role)} of ${rooms.workspace.name}.</p>
          ${buttonForm('/sign-out', 'Sign out')}
          <h2>Browsers</h2>
          <table>
            <thead>
              <tr>
                <th>Browser</th>
                <th>Address</th>
                <th>Since</th>
                <th></th>
              </tr>
            </thead>
            <tbody>
              ${browsers.map(
                ({ id, userAgent, ip, createdAt }) =>
                  html`<tr>
                    <td>${userAgent || 'Unknown'}</td>
                    <td>${ip}</td>
                    <td>${time(createdAt)}</td>
                    <td>${id === sessionId ? 'This one' : buttonForm('/account/sessions/end', 'Sign out', { id })}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
          <h2>Desktops</h2>
          ${
            machines.length
              ? html`<table>
                  <thead>
                    <tr>
                      <th>Desktop</th>
                      <th>Last used</th>
                      <th>Since</th>
                      <th></th>
                    </tr>
                  </thead>
                  <tbody>
                    ${machines.map(
                      ({ id, name, usedAt, createdAt }) =>
                        html`<tr>
                          <td>${name}</td>
                          <td>${time(usedAt)}</td>
                          <td>${time(createdAt)}</td>
                          <td>${buttonForm('/account/desktops/end', 'Sign out', { id }, `Sign out ${name}`)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>`
              : html`<p>No desktop is signed in. In Plugboard, choose Settings → Relay and enter ${rooms.url}.</p>`
          }`,
      }),
    )
  })

  app.post('/account/sessions/end', async c => {
    await sessions.end(c.get('visitor').member, parseFields(oneId, await readFields(c)).id, addressOf(c))
    return c.redirect('/account', 303)
  })
  app.post('/account/desktops/end', async c => {
    await desktops.end(c.get('visitor').member, parseFields(oneId, await readFields(c)).id)
    return c.redirect('/account', 303)
  })
  return app
}
