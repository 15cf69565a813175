import { Hono } from 'hono'
import { limitBody } from '../../host/api/body-limit.ts'
import type { Rooms } from '../rooms.ts'
import type { PublishedEnv } from '../published/env.ts'

/** What senders of webhooks send at once, with room to spare. */
const bodyBytes = 1_000_000

/** `POST hooks/<name>` below an app's address, with the secret behind it where a sender can have it nowhere else. */
export function hookRoutes({ receiveDelivery }: Pick<Rooms, 'receiveDelivery'>): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>()

  app.post('/:name/:secret?', limitBody(bodyBytes), async c => {
    const { status, text } = await receiveDelivery({
      appId: c.get('site').appId,
      name: c.req.param('name'),
      secret: c.req.param('secret') ?? null,
      headers: c.req.raw.headers,
      query: c.req.query(),
      body: new Uint8Array(await c.req.arrayBuffer()),
      address: c.get('address') ?? null,
    })
    if (status === 410) return c.json({ message: text, code: 'not_found' }, status)
    return text === null ? c.body(null, status) : c.text(text, status)
  })

  app.all('/:name/:secret?', c =>
    c.json({ message: 'Send requests to this address with POST.', code: 'validation' }, 405, { allow: 'POST' }),
  )
  return app
}
