import { Hono, type Context } from 'hono'
import type { LogLine } from '../../core/run.ts'
import { AppError } from '../../core/errors.ts'
import type { Host } from '../host.ts'
import type { RunningApp } from '../running-app.ts'
import type { Author } from '../store/store.ts'
import { bearerCheck } from './bearer.ts'
import { limitBody } from './body-limit.ts'
import { parsePathName, readJson, readQuery, readRecord } from './read.ts'
import { statusOf } from './status.ts'

export type ApiOptions = {
  /** Whoever sends it as `Authorization: Bearer …` acts for the whole app (RFC 6750 §2.1). */
  serviceToken: string
  /** What functions log while they run for a request. */
  onLog?: (appId: string, functionName: string, line: LogLine) => void
  /** Hears bugs: what ends as `internal` without being the function's own error. */
  report?: (error: AppError) => void
}

const mostBytes = 10_000_000
const author: Author = { kind: 'user', name: 'API' }

/**
 * An app over HTTP, by Base44's routes: functions and entities. JSON in, JSON out; an error is `{ message, code }` with the status that
 * `statusOf` gives its code. A function that is called here leaves no run in the journal: its caller has the answer, and a durable commit
 * per request would cost more than the call.
 */
export function createApi(host: Pick<Host, 'app'>, { serviceToken, onLog, report = () => {} }: ApiOptions): Hono {
  const app = new Hono()
  const isService = bearerCheck(serviceToken)

  async function open(c: Context): Promise<RunningApp> {
    const appId = c.req.param('appId') ?? ''
    try {
      return await host.app(appId)
    } catch (cause) {
      throw cause instanceof AppError && cause.code === 'not_found'
        ? new AppError('not_found', `No app “${appId}” runs here.`, { cause })
        : cause
    }
  }
  const records = async (c: Context) => (await open(c)).store.records(c.req.param('entity') ?? '', author)
  const recordId = (c: Context) => c.req.param('id') ?? ''

  app.use('/api/*', async (c, next) => {
    if (!isService(c.req.header('authorization')))
      throw new AppError('unauthorized', 'Send the service token of this host as “Authorization: Bearer …”.')
    return next()
  })
  app.use('/api/*', limitBody(mostBytes))

  app.post('/api/apps/:appId/functions/:name{.+}', async c => {
    const running = await open(c)
    const name = parsePathName(c.req.param('name'))
    const output = await running.functions.run(name, await readJson(c.req), {
      caller: { runId: null, stepId: null, by: { kind: 'function', name } },
      onLog: onLog && (line => onLog(running.appId, name, line)),
    })
    return c.json(output)
  })

  app.get('/api/apps/:appId/entities/:entity', async c => c.json(await (await records(c)).list(readQuery(c.req.query()))))
  app.post('/api/apps/:appId/entities/:entity', async c => c.json(await (await records(c)).create(await readRecord(c.req)), 201))
  app.get('/api/apps/:appId/entities/:entity/:id', async c => c.json(await (await records(c)).get(recordId(c))))
  app.put('/api/apps/:appId/entities/:entity/:id', async c => c.json(await (await records(c)).update(recordId(c), await readRecord(c.req))))
  app.delete('/api/apps/:appId/entities/:entity/:id', async c => {
    await (await records(c)).delete(recordId(c))
    return c.json({ success: true })
  })

  app.notFound(c => c.json({ message: `There is nothing at ${c.req.method} ${c.req.path}.`, code: 'not_found' }, 404))
  app.onError((error, c) => {
    const known = AppError.from(error)
    if (known !== error) report(known)
    const status = statusOf(known)
    return c.json({ message: known.message, code: known.code }, status, status === 401 ? { 'www-authenticate': 'Bearer' } : undefined)
  })
  return app
}
