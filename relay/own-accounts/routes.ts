import { Hono, type Context } from 'hono'
import { agreement, connectAnswer, connectRequest, disconnected, ownConnections } from '../../core/contract/own-connections.ts'
import type { AppUser } from '../../core/contract/published.ts'
import { AppError } from '../../core/errors.ts'
import { readJson } from '../../host/api/read.ts'
import type { RunningApp } from '../../host/running-app.ts'
import type { Limits } from '../limits.ts'
import type { Member } from '../members/roles.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import type { Asking, OwnAccounts } from './own-accounts.ts'

/** What these routes need to know of a request: which app it reached, and who of its users asks. */
export type AskingEnv = {
  Bindings: RelayEnv['Bindings']
  Variables: RelayEnv['Variables'] & {
    site: { appId: string; workspaceId: string; base: string; origin: string }
    app: Pick<RunningApp, 'model'>
    appUser: AppUser | null
    sessionId: string | null
    member: Member | null
  }
}

const perUser = { name: 'app: connect as', most: 30, windowMs: 10 * 60_000 }

type RoutesOptions = { ownAccounts: OwnAccounts; limits: Pick<Limits, 'take'>; workspace: { name: string } }

/** `api/connections`: the accounts of whoever is signed in to the app, and of nobody else. */
export function ownAccountRoutes({ ownAccounts, limits, workspace }: RoutesOptions): Hono<AskingEnv> {
  const app = new Hono<AskingEnv>()

  function asking(c: Context<AskingEnv>): Asking {
    const user = c.get('appUser')
    const { appId, workspaceId } = c.get('site')
    const model = c.get('app').model()
    const sessionId = c.get('sessionId')
    if (!user || sessionId === null) throw new AppError('unauthorized', `Sign in to ${model.config.name} first.`)
    return { appId, workspaceId, workspace: workspace.name, member: c.get('member'), userId: user.id, sessionId, model, ip: addressOf(c) }
  }

  app.get('/connections', async c => c.json(ownConnections.parse(await ownAccounts.list(asking(c)))))

  app.post('/connections/:connector/connect', async c => {
    const who = asking(c)
    const body = connectRequest.safeParse((await readJson(c.req)) ?? {})
    if (!body.success)
      throw new AppError('validation', 'Say which flows may use the account, by their names, and answer what is asked.', {
        cause: body.error,
      })
    await limits.take(perUser, `${who.appId} ${who.userId}`)
    const returnTo = withinApp(c.get('site'), body.data.returnTo)
    const { authorizationUrl, setCookie } = await ownAccounts.connect(who, c.req.param('connector'), { ...body.data, returnTo })
    c.header('set-cookie', setCookie, { append: true })
    return c.json(connectAnswer.parse({ authorizationUrl }))
  })

  app.delete('/connections/:connector', async c =>
    c.json(disconnected.parse(await ownAccounts.disconnect(asking(c), c.req.param('connector')))),
  )

  app.put('/connections/:connector/flows/:flow', async c => {
    const body = agreement.safeParse(await readJson(c.req))
    if (!body.success) throw new AppError('validation', 'Say whether you agree: true or false.', { cause: body.error })
    await ownAccounts.agree(asking(c), c.req.param('connector'), c.req.param('flow'), body.data.agreed)
    return c.json(agreement.parse(body.data))
  })

  return app
}

/** The page of the app that asked, and no other address. */
function withinApp({ origin, base }: { origin: string; base: string }, page = ''): string {
  const home = new URL(base, origin)
  const found = URL.parse(page, home)
  return found?.origin === home.origin && found.pathname.startsWith(home.pathname) ? found.href : home.href
}
