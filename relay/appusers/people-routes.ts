import { Hono, type Context } from 'hono'
import { appPeople, done, handedLink, inviteRequest } from '../../core/contract/published.ts'
import type { Rooms } from '../rooms.ts'
import { desktopOf } from '../web/desktop-member.ts'
import { readBody } from '../web/json-body.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import type { About } from './people.ts'

/** The people of an app, for desktops. To be mounted at `/api/relay/apps/:app/users`. */
export function peopleRoutes({ desktops, peopleOfApps }: Pick<Rooms, 'desktops' | 'peopleOfApps'>): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  const about = async (c: Context<RelayEnv>): Promise<About> => ({
    member: (await desktopOf(c, desktops)).member,
    appId: c.req.param('app') ?? '',
    ip: addressOf(c),
  })

  app.get('/', async c => c.json(appPeople.parse(await peopleOfApps.list(await about(c)))))
  app.post('/invitations', async c => {
    const who = await about(c)
    const { email } = await readBody(c, inviteRequest)
    return c.json(handedLink.parse(await peopleOfApps.invite(who, email)))
  })
  app.delete('/invitations/:id', async c => {
    await peopleOfApps.withdraw(await about(c), c.req.param('id'))
    return c.json(done.parse({}))
  })
  app.post('/:user/password-link', async c =>
    c.json(handedLink.parse(await peopleOfApps.passwordLink(await about(c), c.req.param('user')))),
  )
  app.delete('/:user', async c => {
    await peopleOfApps.remove(await about(c), c.req.param('user'))
    return c.json(done.parse({}))
  })
  return app
}
