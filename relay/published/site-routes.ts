import { Hono, type Context } from 'hono'
import type { Catalogue } from '../../connectors/catalogue.ts'
import { visibilityOf } from '../../core/app/visibility.ts'
import type { Entity } from '../../core/app/entity.ts'
import type { AppModel } from '../../core/app/model.ts'
import { publishedSite, type OwnConnector } from '../../core/contract/published.ts'
import { byPlace } from '../../core/app/page.ts'
import type { Member } from '../members/roles.ts'
import { authHeaders } from '../web/request.ts'
import type { PublishedEnv } from './env.ts'
import type { PublishedRooms } from './published.ts'

/** `api/app`: what the page begins with. Who may not use the app learns its name, and how to get in. */
export function siteRoutes(rooms: PublishedRooms): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>()
  app.get('/app', async c => {
    const { config, ...model } = c.get('app').model()
    const admitted = c.get('admitted')
    const member = c.get('appUser') ? null : await memberHere(rooms, c)
    return c.json(
      publishedSite.parse({
        name: config.name,
        visibility: visibilityOf(config),
        workspace: rooms.workspace.name,
        user: c.get('appUser'),
        admitted,
        continueAs: member && (await mayEnter(c, member)) ? { name: member.name, email: member.email } : null,
        memberEntry: `${c.get('site').origin}${c.get('site').base}api/auth/member`,
        pages: admitted ? model.pages.map(({ page }) => page).sort(byPlace) : [],
        entities: admitted ? model.entities.map(({ entity }) => withoutRules(entity)) : [],
        connectors: admitted ? ownConnectors(model, rooms.catalogue) : [],
      }),
    )
  })
  return app
}

/** The member whom this browser is signed in as on the relay. */
export async function memberHere({ accounts, members }: PublishedRooms, c: Context<PublishedEnv>): Promise<Member | null> {
  const found = await accounts.current(authHeaders(c))
  const member = found && (await members.of(found.userId))
  return member?.workspaceId === c.get('site').workspaceId ? member : null
}

/** Whether a member gets in as such: into a private app only when invited, like everyone. */
export async function mayEnter(c: Context<PublishedEnv>, { email }: Member): Promise<boolean> {
  return visibilityOf(c.get('app').model().config) !== 'private' || c.get('users').isInvited(email)
}

/** What an app lets whom do is nobody’s to read. */
function withoutRules(entity: Entity): Entity {
  const { rls: _, ...shown } = entity
  return shown
}

const ownConnectors = ({ connectors }: Pick<AppModel, 'connectors'>, { tools }: Catalogue): OwnConnector[] =>
  connectors.flatMap(({ connector: { type, mode } }) => {
    const tool = tools[type]
    return mode === 'app-user' && tool ? [{ connector: type, name: tool.name, icon: tool.icon }] : []
  })
