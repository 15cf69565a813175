import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import { usesOf } from '../../core/app/uses.ts'
import { AppError } from '../../core/errors.ts'
import { pageOf, type ShownRequest } from '../oauth/account-requests.ts'
import { perMember } from '../oauth/account-routes.ts'
import type { Rooms } from '../rooms.ts'
import { readFields, type RelayEnv } from '../web/request.ts'
import { membersOnly } from './account.ts'
import { parseFields } from './forms.ts'
import { buttonForm, page, type Html } from './layout.ts'

const ofConnection = z.object({ connectionId: z.string().min(1).max(100) })
const decision = z.object({ account: z.enum(['new', 'kept']) })

/** Where a member connects a shared account on the relay: asked by their desktop, or by the button of a connection on these pages. */
export function connectPages(rooms: Rooms): Hono<RelayEnv> {
  const { accountRequests, activation, catalogue, custody, limits, signIns, workspace } = rooms
  const app = new Hono<RelayEnv>()
  for (const path of ['/connect', '/connect/*']) app.use(path, membersOnly(rooms))
  const toolOf = ({ wish }: ShownRequest) => catalogue.tools[wish.connector]?.name ?? wish.connector

  app.get('/connect/:id', async c => c.html(show(c, await accountRequests.show(c.get('visitor').member, c.req.param('id')))))

  const countTry = (c: Context<RelayEnv>) => limits.take(perMember, c.get('visitor').member.userId)

  app.post('/connect/:id', async c => {
    await countTry(c)
    return goOn(c, c.req.param('id'))
  })

  app.post('/connect/:id/account', async c => {
    await countTry(c)
    const { account } = parseFields(decision, await readFields(c))
    await accountRequests.decide(c.get('visitor').member, c.req.param('id'), account)
    return c.redirect(pageOf(c.req.param('id')), 303)
  })

  // A connection whose account is connected anew, from here.
  app.post('/connect', async c => {
    const { member } = c.get('visitor')
    await countTry(c)
    const { connectionId } = parseFields(ofConnection, await readFields(c))
    const about = (await custody.find(member.workspaceId, connectionId))?.about
    if (!about) throw new AppError('not_found', 'This connection is not on the relay any more. Load the page again.')
    const { appId, connector, mode, practice, facts, account } = about
    const { id } = await accountRequests.ask(
      { member, desktop: null },
      {
        appId,
        appName: appId,
        connector,
        mode,
        practice,
        connectionId,
        scopes: await scopesOf(connectionId, appId, connector),
        answers: facts,
        inUse: account?.label ?? null,
      },
    )
    return goOn(c, id)
  })

  /** As much as the connection was allowed before, and what the live version of its app asks for. */
  async function scopesOf(connectionId: string, appId: string, connector: string): Promise<string[]> {
    const [status, live] = await Promise.all([custody.statusOf(connectionId), activation.unpackLive(appId)])
    const declared = live?.model.connectors.find(each => each.connector.type === connector)?.connector.scopes ?? []
    const uses = live ? usesOf(live.model).filter(use => use.connector === connector) : []
    const used = uses.flatMap(({ action }) => catalogue.tools[connector]?.actions[action]?.scopes ?? [])
    return [...new Set([...(status?.scopes ?? []), ...declared, ...used])]
  }

  /** Sends the browser on by a page: the target of a form may not redirect to wherever a provider leads (CSP `form-action`). */
  async function goOn(c: Context<RelayEnv>, id: string): Promise<Response> {
    const { member } = c.get('visitor')
    const shown = await accountRequests.show(member, id)
    const { authorizationUrl, setCookie } = await signIns.begin(await accountRequests.signIn(member, id))
    c.header('set-cookie', setCookie, { append: true })
    const name = toolOf(shown)
    return c.html(
      page({
        title: `On to ${name}`,
        refresh: authorizationUrl,
        body: html`<p>Sign in there. You come back here by yourself.</p>
          <a class="button" href="${authorizationUrl}">Continue to ${name}</a>`,
      }),
    )
  }

  function show(c: Context<RelayEnv>, request: ShownRequest): Html {
    const { member } = c.get('visitor')
    const { wish, state, came, byDesktop, message } = request
    const name = toolOf(request)
    const back = byDesktop
      ? html`<p>You can close this tab and go back to Plugboard.</p>`
      : html`<a class="button" href="/connections">Go to the connections</a>`
    if (state === 'failed')
      return page({
        title: `${name} is not connected`,
        body: html`<p>${message}</p>
          ${back}`,
      })
    if (state === 'kept') return page({ title: `${name} is connected`, body: back })
    if (state === 'signed_in' && came)
      return byDesktop
        ? page({
            title: `You are signed in as ${came.label}`,
            body: html`<p>Plugboard goes on with it now.</p>
              ${back}`,
          })
        : page({
            title: `Use ${came.label}?`,
            body: html`<p>You signed in as <strong>${came.label}</strong>. Until now <strong>${wish.inUse}</strong> was used.</p>
              ${choose(request.id, 'new', `Use ${came.label}`)}${choose(request.id, 'kept', `Keep ${wish.inUse}`)}`,
          })
    return page({
      title: `Connect ${name}?`,
      body: html`<p>
          <strong>${wish.desktopName ?? 'You'}</strong> asked to connect ${name} for <strong>${wish.appName}</strong>, as
          <strong>${member.name}</strong> (${member.email}).
        </p>
        ${wish.inUse === null ? '' : html`<p>Now it uses <strong>${wish.inUse}</strong>.</p>`} ${permissions(request)}
        <p>The account stays on this relay, for ${workspace.name}. Go on only if you started this yourself, a moment ago.</p>
        <form method="post" action="${pageOf(request.id)}"><button type="submit">Continue to ${name}</button></form>`,
    })
  }

  function permissions({ wish }: ShownRequest): Html {
    const scopes = catalogue.tools[wish.connector]?.scopes ?? {}
    const texts = [...new Set(wish.scopes.flatMap(scope => scopes[scope] ?? []))]
    if (texts.length === 0) return html``
    return html`<p>It may then:</p>
      <ul>
        ${texts.map(text => html`<li>${text}</li>`)}
      </ul>`
  }

  return app
}

const choose = (id: string, account: 'new' | 'kept', label: string): Html => buttonForm(`${pageOf(id)}/account`, label, { account })
