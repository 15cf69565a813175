import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { answerUrl, readAuthorizationRequest, type AuthorizationRequest, type ReadRequest } from '../desktops/request.ts'
import { article, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { readFields, type RelayEnv } from '../web/request.ts'
import { pagePolicy } from '../web/security.ts'
import { membersOnly } from './account.ts'
import { hidden, page, type Html } from './layout.ts'

/** The authorization endpoint (RFC 6749 §3.1): a member says whether a desktop may act for them. */
export function consentPages(rooms: Rooms): Hono<RelayEnv> {
  const { desktops, url, workspace } = rooms
  const app = new Hono<RelayEnv>()

  /** What cannot be asked for: told to the desktop where it is one, else to the person. */
  function refuse(c: Context<RelayEnv>, read: Exclude<ReadRequest, { kind: 'good' }>): Response | Promise<Response> {
    if (read.kind === 'refused') return c.redirect(answerUrl(read, url, { error: read.error }), 303)
    return c.html(page({ title: 'This sign-in cannot be used', body: html`<p>${read.reason} Start again in Plugboard.</p>` }), 400)
  }

  // Before anyone is asked to sign in for a request that cannot be answered.
  app.get('/oauth/authorize', async (c, next) => {
    const read = readAuthorizationRequest(new URL(c.req.url).searchParams)
    return read.kind === 'good' ? next() : refuse(c, read)
  })
  app.use('/oauth/authorize', membersOnly(rooms))

  app.get('/oauth/authorize', async c => {
    const query = new URL(c.req.url).searchParams
    const read = readAuthorizationRequest(query)
    if (read.kind !== 'good') return refuse(c, read)
    // The answer to this form leads to the desktop's listener, and nowhere else.
    c.header('content-security-policy', pagePolicy([new URL(read.request.redirectUri).origin]))
    return c.html(ask(c.get('visitor').member, read.request, query))
  })

  app.post('/oauth/authorize', async c => {
    const { answer, ...fields } = await readFields(c)
    const read = readAuthorizationRequest(new URLSearchParams(fields))
    if (read.kind !== 'good') return refuse(c, read)
    const { redirectUri, challenge, desktopName } = read.request
    if (answer !== 'allow') return c.redirect(answerUrl(read.request, url, { error: 'access_denied' }), 303)
    const code = await desktops.issueCode(c.get('visitor').member, { redirectUri, challenge, desktopName })
    return c.redirect(answerUrl(read.request, url, { code }), 303)
  })

  const ask = (member: Member, { desktopName }: AuthorizationRequest, query: URLSearchParams): Html =>
    page({
      title: `Let ${desktopName} in?`,
      body: html`<p>
          <strong>${desktopName}</strong> wants to act for <strong>${member.name}</strong> (${member.email}) in ${workspace.name}, as
          ${article(member.role)}.
        </p>
        <p>Allow this only if you started it yourself, on this computer, a moment ago.</p>
        <form method="post" action="/oauth/authorize">
          ${hidden(Object.fromEntries(query))}
          <button type="submit" name="answer" value="allow">Allow</button>
        </form>
        <form method="post" action="/oauth/authorize">
          ${hidden(Object.fromEntries(query))}
          <button class="plain" type="submit" name="answer" value="deny">Do not allow</button>
        </form>`,
    })

  return app
}
