import type { z } from 'zod'
import type { Tool } from '../../core/connector.ts'
import type { accountEvent } from '../../core/contract/main.ts'
import { missingScopes } from '../../core/scopes.ts'
import type { AppDatabase } from '../../host/store/database.ts'
import type { Registry, StoredConnection } from './registry.ts'
import { reasonOf } from './token-state.ts'

export type AccountEvent = z.infer<typeof accountEvent>
type Told = Pick<AccountEvent, 'tone' | 'text'>
type Tools = Readonly<Record<string, Tool>>

const kept = 200

/**
 * What happened to an app's accounts, one sentence each, in the file of the list itself. It compares each connection with what it was
 * when it was last told of, so whoever changes one need not remember to say so. The newest 200 of an app are kept.
 */
export function openLately({
  database,
  registry,
  tools,
  now,
}: {
  database: AppDatabase
  registry: Registry
  tools: Tools
  now: () => number
}) {
  database.migrate(
    'account-events-1',
    `create table account_events (seq integer primary key autoincrement, app_id text not null, at integer not null, connection_id text not null,
       tone text not null, text text not null) strict;
     create index account_events_app on account_events (app_id, seq);`,
  )
  const { sqlite } = database
  const insert = sqlite.prepare('insert into account_events (app_id, at, connection_id, tone, text) values (?, ?, ?, ?, ?)')
  const prune = sqlite.prepare(
    'delete from account_events where app_id = ?1 and seq <= (select seq from account_events where app_id = ?1 order by seq desc limit 1 offset ?2)',
  )
  const select = sqlite.prepare('select * from account_events where app_id = ? order by seq desc limit ?')
  const forget = sqlite.prepare('delete from account_events where app_id = ?')
  const ofApp = (appId: string) => new Map(registry.all().flatMap(each => (each.appId === appId ? [[each.id, each]] : [])))
  const known = new Map<string, StoredConnection>(registry.all().map(each => [each.id, each]))

  const stop = registry.changes.listen(({ appId }) => {
    const current = ofApp(appId)
    const told = [...current].flatMap(([id, after]) => compare(known.get(id), after, tools).map(each => ({ id, ...each })))
    for (const [id, after] of current) known.set(id, after)
    // Most changes, a renewed token among them, are nothing to tell: they cost no write.
    if (told.length > 0) tell(appId, told)
    for (const [id, before] of known) if (before.appId === appId && !current.has(id)) known.delete(id)
  })

  function tell(appId: string, told: readonly (Told & { id: string })[]): void {
    database.transaction(() => {
      for (const { id, tone, text } of told) insert.run(appId, now(), id, tone, text)
      prune.run(appId, kept)
    })
  }

  return {
    /** Something that no row shows. */
    note(connectionId: string, told: Told): void {
      const appId = registry.get(connectionId)?.appId
      if (appId !== undefined) tell(appId, [{ id: connectionId, ...told }])
    },
    /** Newest first. */
    list: (appId: string, limit = 20): AccountEvent[] =>
      select.all(appId, limit).map(row => ({
        id: String(row['seq']),
        at: new Date(Number(row['at'])).toISOString(),
        connectionId: String(row['connection_id']),
        tone: String(row['tone']) as AccountEvent['tone'],
        text: String(row['text']),
      })),
    forgetApp: (appId: string) => void forget.run(appId),
    stop,
  }
}

function compare(before: StoredConnection | undefined, after: StoredConnection, tools: Tools): Told[] {
  const tool = tools[after.connector]
  if (!tool) return []
  const who = after.account?.label ?? after.name
  if (!before && after.borrowed)
    return [{ tone: 'ok', text: `${who} is shared through the relay with ${tool.name}, by ${after.borrowed.by}.` }]
  if (!before) return after.state === 'connected' ? [{ tone: 'ok', text: `${who} was connected to ${tool.name}.` }] : []
  const told = [accountTold(before, after, tool, who), stateTold(before, after, tool, who), permissionTold(before, after, tool, who)]
  return told.filter(each => each !== null)
}

function accountTold(before: StoredConnection, after: StoredConnection, tool: Tool, who: string): Told | null {
  if (!before.account || before.account.id === after.account?.id) return null
  return { tone: 'ok', text: `${tool.name} uses ${who} now, instead of ${before.account.label}.` }
}

function stateTold(before: StoredConnection, after: StoredConnection, { name, provider }: Tool, who: string): Told | null {
  if (before.state === after.state) return null
  switch (after.state) {
    case 'connected':
      return before.state === 'retrying'
        ? { tone: 'ok', text: `${provider.name} answers again for ${who}.` }
        : { tone: 'ok', text: `${who} was connected to ${name} again.` }
    case 'retrying':
      return { tone: 'warn', text: `${provider.name} stopped answering for ${who}. Plugboard tries again by itself.` }
    case 'needs_reconnect': {
      const reason = reasonOf(after, provider.name)
      return { tone: 'bad', text: `${who} has to be connected to ${name} again${reason ? `: ${reason.replace(/\.$/, '')}` : ''}.` }
    }
    case 'disconnected':
      return {
        tone: 'off',
        text: after.takenBy === null ? `${who} was disconnected from ${name}.` : `${who} was taken back to ${after.takenBy}.`,
      }
  }
}

function permissionTold(before: StoredConnection, after: StoredConnection, tool: Tool, who: string): Told | null {
  if (before.state !== 'connected' || after.state !== 'connected' || before.account?.id !== after.account?.id) return null
  const added = missingScopes(tool.provider, before.scopes, after.scopes).map(scope => tool.scopes[scope] ?? scope)
  return added.length === 0 ? null : { tone: 'ok', text: `${who} allowed more in ${tool.name}: ${added.join('; ')}.` }
}
