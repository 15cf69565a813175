import { Hono } from 'hono'
import { html } from 'hono/html'
import { tools } from '../../connectors/catalogue.ts'
import { visibilityOf } from '../../core/app/visibility.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { Version } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { FlowSummary } from '../../host/flows/summary.ts'
import { may, type Member } from '../members/roles.ts'
import type { OverviewLine } from '../own-accounts/overview.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { membersOnly } from './account.ts'
import { stateOf } from './apps.ts'
import { accountTable, ownAccountsPath } from './account-tables.ts'
import { memberPage } from './frame.ts'
import { hookPages, hookSection } from './hooks.ts'
import { alert, chip, empty, table, type Html } from './layout.ts'
import { time } from './time.ts'
import { peoplePages } from './people.ts'
import { publishedApp } from './published-app.ts'
import { rollBackPages } from './roll-back.ts'
import { aDayAgo, failedOfTheDay, noRuns, runPages, runTable } from './runs.ts'
import { visibilityWords } from './visibility.ts'

const runsShown = 10

/** One published app: what is live, what it works with and does, and the way back to an earlier version. */
export function appPage(rooms: Rooms): Hono<RelayEnv> {
  const { activation, apps, custody, ownAccounts, releases, workspace } = rooms
  const app = new Hono<RelayEnv>()
  app.use('/apps/:app', membersOnly(rooms))
  app.use('/apps/:app/*', membersOnly(rooms))

  app.get('/apps/:app', async c => {
    const { member } = c.get('visitor')
    const published = await publishedApp(rooms, c)
    const { id, name, url, live } = published
    const [known, states, accounts, people, inside] = await Promise.all([
      releases.app(member, id),
      apps.states(),
      custody.list(member),
      ownAccounts.overview(member),
      lookInside(id),
    ])
    const release = await activation.unpackFor(member, id, live.releaseId)
    const own = accounts.filter(account => account.appId === id)
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'apps',
        up: { href: '/apps', name: 'Apps' },
        title: name,
        beside: stateOf(states.get(id)),
        actions: html`${may(member, 'apps.people') ? html`<a class="button" href="/apps/${id}/people">People</a>` : ''}<a
            class="button"
            href="${url}"
            >Open the app</a
          >`,
        body: html`<dl class="facts">
            <dt>Address</dt>
            <dd><a href="${url}">${url}</a></dd>
            <dt>Who may use it</dt>
            <dd>${visibilityWords[visibilityOf(release.model.config)].long}</dd>
            <dt>Live</dt>
            <dd>Version ${live.number}, “${live.title}”, by ${live.by}, ${time(live.at)}</dd>
            ${inside instanceof AppError ? '' : failures(id, inside.failed)}
          </dl>
          <section>
            <h2>Flows</h2>
            ${inside instanceof AppError ? alert(`This app does not start: ${inside.message}`) : flowList(inside.flows)}
          </section>
          ${await hookSection(rooms, member, id)}
          <section>
            <h2>Recent runs</h2>
            ${
              inside instanceof AppError
                ? empty('Runs are shown once the app starts.')
                : html`${inside.runs.length ? runTable(member, id, inside.runs) : empty(noRuns)}
                  ${inside.runs.length === runsShown ? html`<p class="more"><a href="/apps/${id}/runs">All runs</a></p>` : ''}`
            }
          </section>
          <section>
            <h2>Accounts</h2>
            ${own.length ? accountTable(member, own) : empty('It works with no account of the workspace.')}
            ${perUser(release.model, people)}
          </section>
          <section>
            <h2>Versions</h2>
            ${versionTable(member, id, known?.versions ?? [live], live.number)}
          </section>`,
      }),
    )
  })

  /** What only the running app knows. An app that does not start must not take its page along. */
  async function lookInside(id: string): Promise<{ flows: FlowSummary[]; runs: Run[]; failed: number } | AppError> {
    return apps
      .use(id, async ({ flows }) => ({
        flows: await flows.list(),
        runs: (await flows.runs.list({ limit: runsShown })).items,
        failed: await apps.failedSince(id, aDayAgo()),
      }))
      .catch(AppError.from)
  }

  app.route('/', hookPages(rooms))
  app.route('/', rollBackPages(rooms))
  app.route('/', peoplePages(rooms))
  app.route('/', runPages(rooms))
  return app
}

const flowList = (flows: readonly FlowSummary[]): Html =>
  flows.length === 0
    ? empty('It has no flows.')
    : table(
        'Flows',
        [{ name: 'Flow', kind: 'main' }, { name: 'State' }, { name: 'When' }, { name: 'Last run' }],
        flows.map(({ title, active, blockedBy, trigger, lastRun }) => [
          title,
          blockedBy
            ? html`${chip('warn', 'Waits')}<small class="warn">${blockedBy.message}</small>`
            : active
              ? chip('ok', 'On')
              : chip('off', 'Off'),
          html`${trigger.words}${trigger.nextTimes[0] ? html`<small>next ${time(trigger.nextTimes[0])}</small>` : ''}`,
          lastRun ? time(lastRun.createdAt) : 'Never',
        ]),
      )

const failures = (id: string, failed: number): Html =>
  html`<dt>In the last day</dt>
    <dd>
      ${failed === 0 ? 'No run failed' : html`<a class="bad" href="${failedOfTheDay(id)}">${failed === 1 ? '1 run failed' : `${failed} runs failed`}</a>`}
    </dd>`

/** Which tools each person connects with an account of their own, and how many did. */
function perUser({ id, connectors }: AppModel, people: readonly OverviewLine[]): Html {
  const own = connectors.flatMap(({ connector: { type, mode } }) => (mode === 'app-user' ? [type] : []))
  if (own.length === 0) return html``
  const words = own.map((connector, at) => {
    const count = people.filter(line => line.appId === id && line.connector === connector).length
    const many = count === 1 ? '1 person has' : `${count} people have`
    const name = tools[connector]?.name ?? connector
    return html`${at ? ', ' : ''}${name}
    (${count ? html`<a href="${ownAccountsPath({ appId: id, connector })}">${many}</a>` : 'nobody has yet'})`
  })
  return html`<p class="below">People connect accounts of their own: ${words}.</p>`
}

const versionTable = (member: Member, id: string, versions: readonly Version[], live: number): Html =>
  table(
    'Versions',
    [{ name: 'Version', kind: 'main' }, { name: 'What is new' }, { name: 'Published' }, { name: 'Roll back', kind: 'acts' }],
    versions.map(({ number, title, by, at }) => [
      `Version ${number}`,
      title,
      html`${by}<small>${time(at)}</small>`,
      number === live
        ? chip('ok', 'Live')
        : may(member, 'apps.publish')
          ? html`<a class="button" href="/apps/${id}/roll-back?version=${number}" aria-label="Roll back to version ${number}"
              >Roll back…</a
            >`
          : '',
    ]),
  )
