import type { z } from 'zod'
import { Hono } from 'hono'
import { custodyRequest } from '../../core/custody/messages.ts'
import { type relayAccounts, taking, tokenAsked } from '../../core/contract/shared-accounts.ts'
import { readJson } from '../../host/api/read.ts'
import type { Rooms } from '../rooms.ts'
import { desktopOf } from '../web/desktop-member.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { understand } from './understand.ts'

/**
 * What desktops ask about accounts in custody. `POST /api/relay/custody`: one step of the protocol; 204: nothing to say yet, ask again.
 * `/api/relay/shared`: what other desktops use and take over (`core/contract/shared-accounts.ts`).
 */
export function custodyRoutes({ custody, desktops }: Pick<Rooms, 'custody' | 'desktops'>): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  app.post('/api/relay/custody', async c => {
    const caller = await desktopOf(c, desktops)
    const answer = await custody.answer({ ...caller, ip: addressOf(c) }, understand(custodyRequest, await readJson(c.req)))
    return answer ? c.json(answer, 200, { 'cache-control': 'no-store' }) : c.body(null, 204)
  })

  app.get('/api/relay/shared', async c => {
    const { member } = await desktopOf(c, desktops)
    return c.json({ accounts: await custody.forDesktop(member) } satisfies z.input<typeof relayAccounts>)
  })
  app.post('/api/relay/shared/:connection/token', async c => {
    const caller = { ...(await desktopOf(c, desktops)), ip: addressOf(c) }
    const { sessionPublicKey, rejected } = understand(tokenAsked, await readJson(c.req))
    return c.json(await custody.lend(caller, c.req.param('connection'), sessionPublicKey, rejected), 200, { 'cache-control': 'no-store' })
  })
  app.post('/api/relay/shared/:connection/take', async c => {
    const caller = { ...(await desktopOf(c, desktops)), ip: addressOf(c) }
    const { desktopId } = understand(taking, await readJson(c.req))
    return c.json(await custody.takeOver(caller, c.req.param('connection'), desktopId))
  })
  return app
}
