import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Visibility } from '../../core/app/visibility.ts'
import type { PublishedApp } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { may, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { membersOnly } from './account.ts'
import { memberPage } from './frame.ts'
import { chip, empty, table, type Html } from './layout.ts'
import { time } from './time.ts'
import { aDayAgo, failedOfTheDay } from './runs.ts'
import { readVisibility, visibilityWords } from './visibility.ts'

/** What stands in a list of apps besides what was published. Null: it cannot be told now. */
type Standing = { visibility: Visibility | null; failed: number | null }

/** The published apps of the workspace. */
export function appPages(rooms: Rooms): Hono<RelayEnv> {
  const { apps, log, releases, url, workspace } = rooms
  const visibility = readVisibility(rooms)
  const app = new Hono<RelayEnv>()
  app.use('/apps', membersOnly(rooms))

  /** One app that is broken must not take the list along. */
  async function standing(member: Member, published: PublishedApp): Promise<Standing> {
    const { id: appId } = published
    const unknown = (error: unknown) => {
      log.report(AppError.from(error), { appId })
      return null
    }
    const [who, failed] = await Promise.all([
      visibility(member, published).catch(unknown),
      apps.failedSince(appId, aDayAgo()).catch(unknown),
    ])
    return { visibility: who, failed }
  }

  app.get('/apps', async c => {
    const { member } = c.get('visitor')
    const [published, states] = await Promise.all([releases.apps(member), apps.states()])
    const rows = await Promise.all(published.map(async each => appRow(each, states.get(each.id), await standing(member, each))))
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'apps',
        title: 'Apps',
        beside: rows.length ? String(rows.length) : undefined,
        body: rows.length
          ? table(
              'Apps',
              [
                { name: 'App', kind: 'main' },
                { name: 'State' },
                { name: 'Live' },
                { name: 'Published' },
                { name: 'Who may use it' },
                { name: 'Failed in 24 h', kind: 'number' },
              ],
              rows,
            )
          : may(member, 'apps.publish')
            ? howToPublish(url)
            : empty('Nothing is published yet. Editors of this workspace publish apps from Plugboard.'),
      }),
    )
  })
  return app
}

const appRow = (
  { id, name, url, live }: PublishedApp,
  state: AppState | undefined,
  { visibility, failed }: Standing,
): (Html | string | number)[] => [
  html`<a href="/apps/${id}">${name}</a><small><a href="${url}">${url.replace(/^https?:\/\//, '')}</a></small>`,
  stateOf(state),
  html`Version ${live.number}<small>${live.title}</small>`,
  html`${live.by}<small>${time(live.at)}</small>`,
  visibility === null ? '' : visibilityWords[visibility].short,
  failed === null
    ? ''
    : failed === 0
      ? '0'
      : html`<a class="bad" href="${failedOfTheDay(id)}" aria-label="${failed === 1 ? '1 failed run' : `${failed} failed runs`} of ${name}"
          >${failed}</a
        >`,
]

const howToPublish = (url: string): Html =>
  html`<div class="welcome">
    <h2>Publish the first app</h2>
    <ol>
      <li>Open an app in Plugboard on your computer.</li>
      <li>Choose <strong>Publish</strong> and enter the address of this relay: <code>${url}</code></li>
      <li>Sign in here when the browser asks. The app appears on this page.</li>
    </ol>
    <p>Without a window: <code>npm run publish -- PATH --relay ${url}</code></p>
  </div>`

type AppState = { isAwake: boolean; dueAt: number | null }

/** An app that sleeps costs nothing and wakes with the next request, or when its flows have something to do. */
export function stateOf(state: AppState | undefined): Html {
  if (state?.isAwake) return chip('ok', 'Awake')
  return html`${chip('off', 'Asleep')}${state?.dueAt ? html`<small>wakes ${time(state.dueAt)}</small>` : ''}`
}
