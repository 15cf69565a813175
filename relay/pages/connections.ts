import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { AppError } from '../../core/errors.ts'
import type { SharedAccount } from '../custody/shared.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { membersOnly } from './account.ts'
import { accountTable, isHere, ownAccountSummary } from './account-tables.ts'
import { memberPage } from './frame.ts'
import { alert, empty, question, type Html } from './layout.ts'
import { ownAccountPages } from './own-accounts.ts'

/** The accounts that the relay holds: the shared ones, in what state, from whom, and how to end one; and those of people who use its apps. */
export function connectionPages(rooms: Rooms): Hono<RelayEnv> {
  const { custody, ownAccounts, releases, workspace } = rooms
  const app = new Hono<RelayEnv>()
  app.use('/connections', membersOnly(rooms))
  app.use('/connections/*', membersOnly(rooms))
  app.route('/', ownAccountPages(rooms))

  async function show(
    member: Member,
    { message = null, done = null }: { message?: string | null; done?: Html | null } = {},
  ): Promise<Html> {
    const [accounts, own, apps] = await Promise.all([custody.list(member), ownAccounts.overview(member), releases.apps(member)])
    const appNames = new Map(apps.map(({ id, name }) => [id, name]))
    return memberPage({
      member,
      workspace: workspace.name,
      place: 'connections',
      title: 'Connections',
      body: html`${alert(message)}${done ? html`<p class="note" role="status">${done}</p>` : ''}
        <section>
          <h2>Shared accounts <small>One works for everyone who uses the app</small></h2>
          ${
            accounts.length
              ? accountTable(member, accounts, appNames)
              : empty('No account was given to this relay yet. Publishing an app hands over the accounts that it works with.')
          }
        </section>
        <section>
          <h2>Accounts of people who use the apps <small>Each works for the person who connected it, and for nobody else</small></h2>
          ${
            own.length
              ? ownAccountSummary(own, appNames)
              : empty('Nobody has connected an account of their own. Apps ask for one where a tool is set “for your app users”.')
          }
        </section>`,
    })
  }

  async function find(c: Context<RelayEnv>): Promise<SharedAccount> {
    const { member } = c.get('visitor')
    demand(member, 'connections.share')
    const found = (await custody.list(member)).find(({ connectionId }) => connectionId === c.req.param('id'))
    if (!found || !isHere(found)) throw new AppError('not_found', 'This connection is not on the relay any more.')
    return found
  }

  app.get('/connections', async c => c.html(await show(c.get('visitor').member)))

  app.get('/connections/:id/disconnect', async c => {
    const account = await find(c)
    return c.html(
      memberPage({
        member: c.get('visitor').member,
        workspace: workspace.name,
        place: 'connections',
        up: { href: '/connections', name: 'Connections' },
        title: `Disconnect ${account.tool}`,
        body: question({
          text: html`<strong>${account.account?.label ?? account.name}</strong> is disconnected at once, and ${account.tool} is asked to
            withdraw the access. What works with it in ${account.appId ?? 'its app'} waits until an account is connected again.`,
          action: `/connections/${account.connectionId}/disconnect`,
          confirm: 'Disconnect',
          cancel: '/connections',
        }),
      }),
    )
  })

  app.post('/connections/:id/disconnect', async c => {
    const { member } = c.get('visitor')
    const { connectionId, tool } = await find(c)
    const { message, accountPageUrl } = await custody.disconnect(member, connectionId)
    const page = accountPageUrl
      ? html` <a href="${accountPageUrl}" rel="noopener noreferrer" target="_blank">Open ${new URL(accountPageUrl).host}</a>`
      : ''
    return c.html(await show(member, { done: html`${tool}: ${message}${page}` }))
  })
  return app
}
