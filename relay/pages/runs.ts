import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { Json } from '../../core/json.ts'
import type { Run, RunDetail, RunState } from '../../core/run.ts'
import { demand, may, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import type { RelayEnv } from '../web/request.ts'
import { memberPage } from './frame.ts'
import { alert, chip, empty, table, type Html, type Tone } from './layout.ts'
import { time } from './time.ts'
import { publishedApp } from './published-app.ts'

const states: Record<RunState, [Tone, string]> = {
  queued: ['off', 'Queued'],
  running: ['warn', 'Running'],
  waiting: ['warn', 'Waiting'],
  succeeded: ['ok', 'Succeeded'],
  failed: ['bad', 'Failed'],
  cancelled: ['off', 'Cancelled'],
}

const dayMs = 24 * 60 * 60_000
/** What the list can be narrowed to. */
const filters = { failed: 'Failed', day: 'Failed in the last day' } as const
const query = z.object({
  show: z
    .enum(Object.keys(filters) as [keyof typeof filters, ...(keyof typeof filters)[]])
    .optional()
    .catch(undefined),
  cursor: z.string().max(40).optional().catch(undefined),
})

/** From when on a run has failed “in the last day”. */
export const aDayAgo = (): number => Date.now() - dayMs
/** Said where an app has not run. */
export const noRuns = 'Nothing has run yet. Flows run when what they wait for happens; functions when a page or a flow calls them.'

export const failedOfTheDay = (appId: string): string => `/apps/${appId}/runs?show=day`

/** What the flows and functions of an app did. What they worked with is for those who may change the app. */
export function runPages(rooms: Rooms): Hono<RelayEnv> {
  const { apps, workspace } = rooms
  const app = new Hono<RelayEnv>()

  app.get('/apps/:app/runs', async c => {
    const { member } = c.get('visitor')
    const { id, name } = await publishedApp(rooms, c)
    const { show, cursor } = query.parse(c.req.query())
    const only = show && ({ state: 'failed', ...(show === 'day' && { since: aDayAgo() }) } as const)
    const { items, nextCursor } = await apps.use(id, ({ flows }) => flows.runs.list({ ...only, cursor }))
    const link = (fields: Record<string, string> = {}) => `/apps/${id}/runs?${new URLSearchParams(fields)}`
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'apps',
        up: { href: `/apps/${id}`, name },
        title: 'Runs',
        beside: show && filters[show],
        actions: html`${show === undefined ? '' : html`<a class="button" href="/apps/${id}/runs">All</a>`}
        ${(['failed', 'day'] as const).map(each => (each === show ? '' : html`<a class="button" href="${link({ show: each })}">${filters[each]}</a>`))}`,
        body: html`${items.length ? runTable(member, id, items) : empty(show ? 'No run failed.' : noRuns)}
        ${nextCursor ? html`<p class="more"><a href="${link({ ...(show && { show }), cursor: nextCursor })}">Older</a></p>` : ''}`,
      }),
    )
  })

  app.get('/apps/:app/runs/:run', async c => {
    const { member } = c.get('visitor')
    demand(member, 'runs.read')
    const { id, name } = await publishedApp(rooms, c)
    const run = await apps.use(id, ({ flows }) => flows.runs.get(c.req.param('run')))
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'apps',
        up: { href: `/apps/${id}`, name },
        title: run.name,
        beside: chip(...states[run.state]),
        body: detail(run),
      }),
    )
  })
  return app
}

export const runChip = (state: RunState): Html => chip(...states[state])

/** Runs under each other, newest first. */
export const runTable = (member: Member, appId: string, runs: readonly Run[]): Html =>
  table(
    'Runs',
    [
      { name: 'Run', kind: 'main' },
      { name: 'State' },
      { name: 'When' },
      { name: 'Steps', kind: 'number' },
      { name: 'Took', kind: 'number' },
    ],
    runs.map(({ id, name, cause, state, error, createdAt, durationMs, stepsDone, stepsTotal }) => [
      html`${may(member, 'runs.read') ? html`<a href="/apps/${appId}/runs/${id}">${name}</a>` : name}<small>${cause}</small>`,
      html`${chip(...states[state])}${error ? html`<small class="${state === 'failed' ? 'bad' : 'warn'}">${error.message}</small>` : ''}`,
      time(createdAt),
      `${stepsDone}/${stepsTotal}`,
      durationWords(durationMs),
    ]),
  )

const detail = ({ cause, createdAt, durationMs, error, trigger, steps }: RunDetail): Html =>
  html`<p>${cause}, ${time(createdAt)}${durationMs === null ? '' : html`, took ${durationWords(durationMs)}`}.</p>
    ${alert(steps.some(step => step.error?.message === error?.message) ? null : (error?.message ?? null))}
    ${value('What started it', trigger)}
    ${steps.map(
      ({ title, name, state, attempt, durationMs, input, output, error, logs }) =>
        html`<section>
          <h2>
            ${title || name} <small>${chip(...states[state])} ${attempt > 1 ? `try ${attempt}, ` : ''}${durationWords(durationMs)}</small>
          </h2>
          ${error ? html`<p class="alert">${error.message}</p>` : ''} ${value('Input', input)} ${value('Output', output)}
          ${
            logs.length
              ? html`<details>
                  <summary>${logs.length === 1 ? '1 line' : `${logs.length} lines`} of log</summary>
                  <pre tabindex="0">${logs.map(({ at, level, text }) => `${at} ${level} ${text}`).join('\n')}</pre>
                </details>`
              : ''
          }
        </section>`,
    )}`

/** Folded, for it may be long. Secrets were masked before it was stored. */
const value = (label: string, json: Json | null): Html =>
  json === null
    ? html``
    : html`<details>
        <summary>${label}</summary>
        <pre tabindex="0">${JSON.stringify(json, null, 2)}</pre>
      </details>`

const durationWords = (ms: number | null): string => (ms === null ? '' : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
