import { createHmac, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { hookDeliveries, hookDetails, hookList, hookSample, hookSecret, type HookDetails } from '../../core/contract/hooks.ts'
import type { Query } from '../../host/store/engine.ts'
import { until } from '../../core/until.fixture.ts'
import { openRelayReleases } from '../../main/publish/relay-releases.ts'
import { sendRelease } from '../../main/publish/transfer.ts'
import type { AppDatabase } from '../apps/apps.ts'
import { readConfig } from '../config.ts'
import { openRelayDatabase, type RelayDatabase } from '../database.ts'
import { all, config, impatient, makeRelease, requestWith } from '../releases/releases.fixture.ts'

type Trigger = Record<string, unknown>
/** A hook with its secret. */
export type KnownHook = HookDetails & { secret: string | null }
type FlowDraft = { trigger: Trigger; is_active?: boolean; condition?: string }

/** The files of an app whose flows wait a moment for each request. */
export function hookedApp(flows: Record<string, FlowDraft>): Record<string, string> {
  const files = Object.entries(flows).map(([name, { trigger, condition, is_active = true }]) => {
    const flow = {
      name: `Flow ${name}`,
      is_active,
      trigger: { config: { trigger_type: 'webhook', ...trigger }, ...(condition && { condition }) },
      definition: { document: { dsl: '1.0.0', namespace: 'desk', name, version: '1.0' }, do: [{ nap: { wait: 'PT0.01S' } }] },
    }
    return [`workflows/${name}.jsonc`, JSON.stringify(flow)]
  })
  return { 'config.jsonc': config('Desk'), ...Object.fromEntries(files) }
}

export type RunSeen = { name: string; state: string; trigger: { data: unknown; delivery_id: string; headers: Record<string, string> } }

/** One app on a relay, as its members and the senders of webhooks see it. `settings`: those of the relay, to look into its databases. */
export function appOn(url: () => string, access: string, settings: Record<string, string>, appId: string) {
  const request = requestWith(url, access)
  const releases = openRelayReleases(request)

  async function publish(contents: Record<string, string>, base: number | null = null): Promise<void> {
    const { files, bytesOf } = makeRelease(contents)
    const sent = { relay: releases, appId, name: appId, files, bytesOf, patience: impatient(), told: () => {} }
    const { releaseId } = await sendRelease(sent)
    const end = (await all(releases.publish(appId, { releaseId, base, title: 'A version' }))).at(-1)
    if (end?.type !== 'live') throw new Error(JSON.stringify(end))
  }

  async function hooks(): Promise<HookDetails[]> {
    return hookList.parse(await (await request(`/api/relay/apps/${appId}/hooks`)).json())
  }

  const ask = async (path: string): Promise<unknown> => (await request(`/api/relay/apps/${appId}/hooks/${path}`)).json()
  const secretOf = async (name: string) => hookSecret.parse(await ask(`${name}/secret`)).secret

  async function hook(name: string): Promise<KnownHook> {
    const found = (await hooks()).find(each => each.name === name)
    if (!found) throw new Error(`There is no hook ${name}.`)
    return { ...found, secret: await secretOf(name) }
  }

  async function look<T>(work: (databases: RelayDatabase) => Promise<T>): Promise<T> {
    const databases = await openRelayDatabase(readConfig(settings))
    return work(databases).finally(databases.close)
  }

  async function runsIn({ engine }: AppDatabase): Promise<RunSeen[]> {
    const rows = await engine.query(sql`select name, state, trigger from flow_runs order by seq`).catch(() => [])
    return rows.map(row => ({ name: String(row['name']), state: String(row['state']), trigger: JSON.parse(String(row['trigger'])) }))
  }

  const lookIntoApp = <T>(work: (app: AppDatabase) => Promise<T>): Promise<T> =>
    look(async ({ openApp }) => {
      const app = await openApp(appId)
      return work(app).finally(app.close)
    })

  return {
    appId,
    releases,
    publish,
    hooks,
    hook,
    /** All runs there are, oldest first. */
    runs: () => lookIntoApp(runsIn),
    /** The records of an entity that were made, oldest first, without what the store gives them. */
    made: (entity: string) =>
      lookIntoApp(async ({ engine }) => {
        const rows = await engine.query(sql`select after from changes where entity = ${entity} and type = 'create' order by seq`)
        return rows.map(row => {
          const { id: _, created_date: _1, updated_date: _2, created_by: _3, created_by_id: _4, ...data } = JSON.parse(String(row['after']))
          return data as Record<string, unknown>
        })
      }),
    /** Asks the relay's own database. */
    relay: (query: Query) => look(({ database }) => database.query(query)),
    secretChanged: async (name: string, secret?: string) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret }) }
      const response = await request(`/api/relay/apps/${appId}/hooks/${name}/secret`, init)
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    details: async (body: unknown): Promise<KnownHook> => {
      const details = hookDetails.parse(body)
      return { ...details, secret: await secretOf(details.name) }
    },
    deliveries: async (name: string) => hookDeliveries.parse(await ask(`${name}/deliveries`)),
    sample: async (name: string, body: string) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ body }) }
      return hookSample.parse(await (await request(`/api/relay/apps/${appId}/hooks/${name}/sample`, init)).json())
    },
    /** Waits until so many runs have succeeded, and gives all there are. */
    ended: (count: number) =>
      lookIntoApp(app =>
        until(async () => {
          const found = await runsIn(app)
          return found.filter(({ state }) => state === 'succeeded').length >= count && found
        }, `${count} runs`),
      ),
  }
}

export type HookedApp = ReturnType<typeof appOn>

/** Sends a body as GitHub does. */
export async function sendSigned(
  { url, secret }: Pick<KnownHook, 'url' | 'secret'>,
  body: string,
  { id = randomUUID() as string, event = 'issues' } = {},
) {
  const signature = createHmac('sha256', secret ?? '')
    .update(body)
    .digest('hex')
  const headers = { 'content-type': 'application/json', 'x-github-delivery': id, 'x-github-event': event }
  return fetch(url, { method: 'POST', body, headers: { ...headers, 'x-hub-signature-256': `sha256=${signature}` } })
}

/** The address with the secret at its end. */
export const withSecret = ({ url, secret }: Pick<KnownHook, 'url' | 'secret'>): string => `${url}/${encodeURIComponent(secret ?? '')}`
