import { Hono, type Context } from 'hono'
import { z } from 'zod'
import {
  hookDeliveries,
  hookDetails,
  hookList,
  hookSample,
  hookSampleRequest,
  hookSecret,
  hookSecretRequest,
} from '../../core/contract/hooks.ts'
import { AppError } from '../../core/errors.ts'
import { limitBody } from '../../host/api/body-limit.ts'
import type { Rooms } from '../rooms.ts'
import { desktopOf } from '../web/desktop-member.ts'
import { readBody } from '../web/json-body.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'

/** For desktops, below `/api/relay/apps/<app>/hooks`. */
export function memberHookRoutes({ desktops, webhooks, deliveries }: Pick<Rooms, 'desktops' | 'webhooks' | 'deliveries'>): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  const about = async (c: Context<RelayEnv>) => {
    const { member } = await desktopOf(c, desktops)
    return [member, c.req.param('app') ?? '', c.req.param('name') ?? ''] as const
  }

  app.get('/:app/hooks', async c => {
    const [member, appId] = await about(c)
    return c.json(hookList.parse(await webhooks.list(member, appId)))
  })

  app.get('/:app/hooks/:name/deliveries', async c => c.json(hookDeliveries.parse(await deliveries(...(await about(c))))))
  app.get('/:app/hooks/:name/secret', async c => c.json(hookSecret.parse({ secret: await webhooks.readSecret(...(await about(c))) })))

  app.post('/:app/hooks/:name/secret', limitBody(4000), async c => {
    const who = await about(c)
    const parsed = hookSecretRequest.safeParse(await c.req.json().catch(() => null))
    // What was typed stays out of the message: it is a secret, or was meant for one.
    if (!parsed.success)
      throw new AppError('validation', parsed.error.issues[0]?.message ?? 'This cannot be a secret.', {
        details: z.prettifyError(parsed.error),
      })
    return c.json(hookDetails.parse(await webhooks.changeSecret(...who, { secret: parsed.data.secret, ip: addressOf(c) })))
  })

  app.post('/:app/hooks/:name/sample', limitBody(500_000), async c => {
    const who = await about(c)
    const { body } = await readBody(c, hookSampleRequest)
    return c.json(hookSample.parse(await webhooks.sample(...who, body)))
  })

  return app
}
