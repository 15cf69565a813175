import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { AppError } from '../../core/errors.ts'
import { demand } from '../members/roles.ts'
import type { OverviewLine } from '../own-accounts/overview.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { ownAccountsPath, ownAccountTable } from './account-tables.ts'
import { memberPage } from './frame.ts'
import { empty, question } from './layout.ts'

const path = '/connections/users/:app/:connector'

/** Who of an app's users connected an account of one tool, and ending one. To be mounted behind the sign-in of members. */
export function ownAccountPages(rooms: Rooms): Hono<RelayEnv> {
  const { ownAccounts, releases, workspace } = rooms
  const app = new Hono<RelayEnv>()

  /** The accounts of the address, with the app's name. */
  async function find(c: Context<RelayEnv>) {
    const { member } = c.get('visitor')
    const where = { appId: c.req.param('app') ?? '', connector: c.req.param('connector') ?? '' }
    const [all, apps] = await Promise.all([ownAccounts.overview(member), releases.apps(member)])
    const lines = all.filter(({ appId, connector }) => appId === where.appId && connector === where.connector)
    const appName = apps.find(({ id }) => id === where.appId)?.name ?? where.appId
    const frame = { member, workspace: workspace.name, place: 'connections' } as const
    return { member, where, lines, appName, frame, tool: lines[0]?.tool ?? where.connector }
  }

  async function findOne(c: Context<RelayEnv>) {
    const found = await find(c)
    demand(found.member, 'own-accounts.end')
    const line: OverviewLine | undefined = found.lines.find(({ connectionId }) => connectionId === c.req.param('id'))
    if (!line) throw new AppError('not_found', 'This account is not connected any more.')
    return { ...found, line }
  }

  app.get(path, async c => {
    const { member, lines, tool, appName, frame } = await find(c)
    return c.html(
      memberPage({
        ...frame,
        up: { href: '/connections', name: 'Connections' },
        title: `${tool} in ${appName}`,
        beside: lines.length === 1 ? '1 person' : `${lines.length} people`,
        body: lines.length
          ? html`<p>As whom someone is connected, and what is in their account, is theirs alone.</p>
              ${ownAccountTable(member, lines)}`
          : empty(`Nobody is connected to ${tool} in ${appName} any more.`),
      }),
    )
  })

  app.get(`${path}/:id/end`, async c => {
    const { line, where, tool, appName, frame } = await findOne(c)
    return c.html(
      memberPage({
        ...frame,
        up: { href: ownAccountsPath(where), name: `${tool} in ${appName}` },
        title: 'End the account of a person',
        body: question({
          text: html`The ${tool} account that <strong>${line.email}</strong> connected in ${appName} is disconnected at once, and ${tool} is
            asked to withdraw the access. They can connect it again.`,
          action: `${ownAccountsPath(where)}/${line.connectionId}/end`,
          confirm: 'End',
          cancel: ownAccountsPath(where),
        }),
      }),
    )
  })

  app.post(`${path}/:id/end`, async c => {
    const { member, where, line, lines } = await findOne(c)
    await ownAccounts.revoke(member, line.connectionId, addressOf(c))
    return c.redirect(lines.length > 1 ? ownAccountsPath(where) : '/connections', 303)
  })
  return app
}
