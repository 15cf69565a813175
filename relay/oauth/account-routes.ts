import { setTimeout as pause } from 'node:timers/promises'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { accountAsked, accountKeep, accountRequest, workspaceClients, type AccountAnswer } from '../../core/contract/account-requests.ts'
import { AppError } from '../../core/errors.ts'
import { readJson } from '../../host/api/read.ts'
import type { Rooms } from '../rooms.ts'
import { desktopOf } from '../web/desktop-member.ts'
import type { RelayEnv } from '../web/request.ts'
import { pageOf } from './account-requests.ts'

/** Sign-ins that a member may begin: on desktops and in browsers together. */
export const perMember = { name: 'sign-ins by', most: 30, windowMs: 10 * 60_000 }

const paths = { one: '/api/relay/accounts/:id', keep: '/api/relay/accounts/:id/keep' } as const
/** Shorter than a draining relay waits for requests. */
const longestWaitS = 15
const lookEveryMs = 400
const wait = z.coerce.number().min(0).max(longestWaitS).catch(0)

type Ground = Pick<Rooms, 'accountRequests' | 'clients' | 'desktops' | 'limits' | 'url'>

/** What desktops ask of the relay's OAuth: accounts that are connected through it (`core/contract/account-requests.ts`). */
export function accountRoutes({ accountRequests, clients, desktops, limits, url }: Ground): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()

  app.get('/api/relay/clients', async c => {
    const { member } = await desktopOf(c, desktops)
    const found = await clients.list(member.workspaceId)
    return c.json(workspaceClients.parse({ url: `${url}/clients`, clients: found }))
  })

  app.post('/api/relay/accounts', async c => {
    const asker = await desktopOf(c, desktops)
    await limits.take(perMember, asker.member.userId)
    const asked = await read(c, accountRequest)
    const { id, expiresAt } = await accountRequests.ask(asker, { ...asked, practice: false, connectionId: null })
    return c.json(accountAsked.parse({ id, url: `${url}${pageOf(id)}`, expiresAt }))
  })

  // Answers once there is something to say. Any node may have been told of it, so the database is looked at.
  app.get(paths.one, async c => {
    const asker = await desktopOf(c, desktops)
    const until = performance.now() + wait.parse(c.req.query('wait')) * 1000
    let answer: AccountAnswer
    for (;;) {
      answer = await accountRequests.answer(asker, c.req.param('id'))
      if (answer.state !== 'waiting' || performance.now() >= until || c.req.raw.signal.aborted) break
      await pause(lookEveryMs)
    }
    return c.json(answer)
  })

  app.post(paths.keep, async c => {
    const asker = await desktopOf(c, desktops)
    return c.json(await accountRequests.keep(asker, c.req.param('id'), await read(c, accountKeep)))
  })

  app.delete(paths.one, async c => {
    await accountRequests.cancel(await desktopOf(c, desktops), c.req.param('id'))
    return c.body(null, 204)
  })
  return app
}

async function read<T>(c: Context<RelayEnv>, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(c.req))
  if (parsed.success) return parsed.data
  throw new AppError('validation', 'The relay does not understand this request. Update Plugboard here and there to the same version.', {
    cause: parsed.error,
  })
}
