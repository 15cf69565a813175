import { Hono, type Context } from 'hono'
import type { RecordPage } from '../../core/contract/published.ts'
import { parsePathName, readJson, readPageQuery, readRecord } from '../../host/api/read.ts'
import { accessOf } from '../../host/rules/rules.ts'
import type { Author, Records } from '../../host/store/store.ts'
import { requireAppUser, type PublishedEnv } from './env.ts'

const mostAtOnce = 500

/** Records and functions of an app, in the name of whoever is signed in. Reading needs nobody, where the app and its rules let it. */
export function recordRoutes(): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>()
  const records = (c: Context<PublishedEnv>): Records => {
    const user = c.get('appUser')
    const author: Author = user ? { kind: 'user', name: user.name, user: user.id, email: user.email } : { kind: 'user', name: '' }
    return c.get('app').store.records(c.req.param('entity') ?? '', author, accessOf(user))
  }
  /** The same, for whoever is signed in. */
  const ownRecords = (c: Context<PublishedEnv>): Records => {
    requireAppUser(c)
    return records(c)
  }

  app.get('/entities/:entity', async c => {
    const query = readPageQuery(c.req.query())
    const page: RecordPage = await records(c).page({ ...query, limit: Math.min(query.limit ?? 50, mostAtOnce) })
    return c.json(page)
  })
  app.post('/entities/:entity', async c => c.json(await ownRecords(c).create(await readRecord(c.req)), 201))
  app.get('/entities/:entity/:id', async c => c.json(await records(c).get(c.req.param('id'))))
  app.put('/entities/:entity/:id', async c => c.json(await ownRecords(c).update(c.req.param('id'), await readRecord(c.req))))
  app.delete('/entities/:entity/:id', async c => {
    await ownRecords(c).delete(c.req.param('id'))
    return c.json({})
  })

  app.post('/functions/:name{.+}', async c => {
    const { id: user, email } = requireAppUser(c)
    const name = parsePathName(c.req.param('name'))
    const caller = { user, runId: null, stepId: null, by: { kind: 'function' as const, name, email } }
    return c.json(await c.get('app').functions.run(name, await readJson(c.req), { caller }))
  })

  return app
}
