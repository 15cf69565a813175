import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { hookSource } from '../../core/app/flow.ts'
import { hooksOf } from '../../core/app/hooks.ts'
import type { HookSource } from '../../core/app/flow.ts'
import type { HookDetails, HookSample } from '../../core/contract/hooks.ts'
import { AppError } from '../../core/errors.ts'
import type { Database, Row } from '../../host/store/engine.ts'
import type { Audit } from '../audit/audit.ts'
import type { Envelope } from '../keys/envelope.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Unpacked } from '../releases/activate.ts'
import { siteUrl } from '../published/slug.ts'
import { secretFrom } from './schemes.ts'
import { signSample } from './verify.ts'

/** A hook of the live version, as a request needs it. `secret` is null when there is none that opens. */
export type LiveHook = {
  appId: string
  name: string
  flow: string
  title: string
  source: HookSource
  signatureHeader: string
  isActive: boolean
  secret: string | null
}

export type Hooks = {
  /** Notes the hooks of a release, with secrets for those that are new. Errors: `validation` when two flows have one address. */
  prepare(release: Pick<Unpacked, 'appId' | 'releaseId' | 'model'>): Promise<void>
  find(appId: string, name: string): Promise<LiveHook | null>
  /** The flow of a hook of the live version. Null: it has no such hook. */
  flowOf(appId: string, name: string): Promise<string | null>
  /** Whether an earlier release had it. */
  wasThere(appId: string, name: string): Promise<boolean>
  /** Those of the live version. Errors: `forbidden`. */
  list(member: Member, appId: string): Promise<HookDetails[]>
  /** Null as in `HookDetails.hasSecret`. Errors: `forbidden`, `not_found`. */
  readSecret(member: Member, appId: string, name: string): Promise<string | null>
  /** Gives a hook this secret, or a new one. Errors: `forbidden`, `not_found`. */
  changeSecret(member: Member, appId: string, name: string, change: { secret: string | undefined; ip: string | null }): Promise<HookDetails>
  /** A request as its sender would sign it now. Errors: `forbidden`, `not_found`, `conflict` while it has no secret. */
  sample(member: Member, appId: string, name: string, body: string): Promise<HookSample>
}

type Options = {
  database: Database
  envelope: Envelope
  audit: Audit
  url: string
  now: () => number
}

/** In the form of Standard Webhooks, for all others a text like any other. Without what has a meaning in an address. */
function makeSecret(): string {
  for (;;) {
    const key = randomBytes(33).toString('base64')
    if (/^[A-Za-z0-9]+$/.test(key)) return `whsec_${key}`
  }
}
const contextOf = (appId: string, name: string, source: string): string => JSON.stringify(['hook', appId, name, source])

/** The addresses of published apps that start flows, and the secrets that show who calls them. */
export function createHooks({ database, envelope, audit, url, now }: Options): Hooks {
  const live = sql`select a.workspace_id, a.slug, h.*, s.sealed, s.changed_at from apps a
    join versions v on v.app_id = a.id and v.number = a.live_version
    join release_hooks h on h.app_id = a.id and h.release_id = v.release_id
    left join hook_secrets s on s.app_id = h.app_id and s.name = h.name and s.source = h.source`

  const open = async (row: Row): Promise<string | null> =>
    row['sealed'] === null
      ? null
      : envelope.open(
          String(row['workspace_id']),
          contextOf(String(row['app_id']), String(row['name']), String(row['source'])),
          String(row['sealed']),
        )

  const urlOf = (row: Row): string => `${siteUrl(url, String(row['slug']))}/hooks/${String(row['name'])}`

  async function findFor(member: Member, appId: string, name: string): Promise<Row> {
    demand(member, 'apps.publish')
    const [row] = await database.query(sql`${live} where a.id = ${appId} and h.name = ${name} and a.workspace_id = ${member.workspaceId}`)
    if (row) return row
    throw new AppError('not_found', `The live version has no web address “${name}”. Reload the page.`)
  }

  const toLive = async (row: Row): Promise<LiveHook> => ({
    appId: String(row['app_id']),
    name: String(row['name']),
    flow: String(row['flow']),
    title: String(row['title']),
    source: hookSource.parse(row['source']),
    signatureHeader: String(row['signature_header']),
    isActive: row['is_active'] === 1,
    secret: await open(row),
  })

  async function details(row: Row): Promise<HookDetails> {
    const [appId, name, source] = [String(row['app_id']), String(row['name']), hookSource.parse(row['source'])]
    const [last] = await database.query(
      sql`select received_at from hook_inbox where app_id = ${appId} and hook = ${name} order by seq desc limit 1`,
    )
    return {
      name,
      flow: String(row['flow']),
      title: String(row['title']),
      source,
      signatureHeader: String(row['signature_header']),
      url: urlOf(row),
      isActive: row['is_active'] === 1,
      secretFrom: secretFrom(source),
      hasSecret: (await open(row)) !== null,
      secretChangedAt: isoOrNull(row['changed_at']),
      lastReceivedAt: isoOrNull(last?.['received_at']),
    }
  }

  return {
    async prepare({ appId, releaseId, model }) {
      const hooks = hooksOf(model)
      const [twice] = hooks.filter(({ name }, index) => hooks.findIndex(other => other.name === name) !== index)
      if (twice)
        throw new AppError(
          'validation',
          `Two flows have the web address “${twice.name}”. Give one of them another hook_name and publish again.`,
        )
      const [app] = await database.query(sql`select workspace_id from apps where id = ${appId}`)
      const sealed = new Map<string, string>()
      for (const { name, source } of hooks.filter(hook => secretFrom(hook.source) === 'relay'))
        sealed.set(name, await envelope.seal(String(app?.['workspace_id']), contextOf(appId, name, source), makeSecret()))
      await database.transaction(function* () {
        for (const { name, flow, title, source, signatureHeader, isActive } of hooks) {
          yield sql`insert into release_hooks (app_id, release_id, name, flow, title, source, signature_header, is_active)
            values (${appId}, ${releaseId}, ${name}, ${flow}, ${title}, ${source}, ${signatureHeader}, ${isActive ? 1 : 0}) on conflict do nothing`
          const secret = sealed.get(name)
          if (secret)
            yield sql`insert into hook_secrets (app_id, name, source, sealed, changed_at)
              values (${appId}, ${name}, ${source}, ${secret}, ${now()}) on conflict do nothing`
        }
      })
    },

    async find(appId, name) {
      const [row] = await database.query(sql`${live} where a.id = ${appId} and h.name = ${name}`)
      return row ? toLive(row) : null
    },

    async flowOf(appId, name) {
      const [row] = await database.query(sql`${live} where a.id = ${appId} and h.name = ${name}`)
      return row ? String(row['flow']) : null
    },

    async wasThere(appId, name) {
      const rows = await database.query(sql`select 1 as one from release_hooks where app_id = ${appId} and name = ${name} limit 1`)
      return rows.length > 0
    },

    async list(member, appId) {
      demand(member, 'apps.publish')
      const rows = await database.query(sql`${live} where a.id = ${appId} and a.workspace_id = ${member.workspaceId} order by h.name`)
      return Promise.all(rows.map(details))
    },

    async readSecret(member, appId, name) {
      return open(await findFor(member, appId, name))
    },

    async sample(member, appId, name, body) {
      const row = await findFor(member, appId, name)
      const { secret, ...hook } = await toLive(row)
      if (secret === null) throw new AppError('conflict', 'This address has no secret yet, so no request can be signed for it.')
      return { url: urlOf(row), headers: { 'content-type': 'application/json', ...signSample({ ...hook, secret }, body, now()) } }
    },

    async changeSecret(member, appId, name, { secret, ip }) {
      const { workspaceId, userId } = member
      const row = await findFor(member, appId, name)
      const source = hookSource.parse(row['source'])
      if (!secret && secretFrom(source) === 'sender')
        throw new AppError('validation', 'The secret of this address is made by the service that calls it. Enter the one it shows.')
      const sealed = await envelope.seal(workspaceId, contextOf(appId, name, source), secret ?? makeSecret())
      await database.transaction(function* () {
        yield sql`insert into hook_secrets (app_id, name, source, sealed, changed_at) values (${appId}, ${name}, ${source}, ${sealed}, ${now()})
          on conflict (app_id, name, source) do update set sealed = excluded.sealed, changed_at = excluded.changed_at`
        yield* audit.note({ workspaceId, actor: userId, action: 'hook.secret_changed', subject: appId, detail: name, ip })
      })
      return details(await findFor(member, appId, name))
    },
  }
}

const isoOrNull = (at: unknown): string | null => (typeof at === 'number' ? new Date(at).toISOString() : null)
