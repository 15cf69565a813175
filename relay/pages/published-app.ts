import type { Context } from 'hono'
import { appId } from '../../core/app/names.ts'
import type { PublishedApp } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'

/** The app that an address names. Errors: `forbidden`, `not_found` also for one of another workspace. */
export async function publishedApp({ releases }: Pick<Rooms, 'releases'>, c: Context<RelayEnv>): Promise<PublishedApp> {
  const { member } = c.get('visitor')
  const id = appId.safeParse(c.req.param('app'))
  const found = (await releases.apps(member)).find(each => each.id === id.data)
  if (!found) throw new AppError('not_found', 'This app is not published here.')
  return found
}
