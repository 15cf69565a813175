import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Facts } from '../../core/addresses.ts'
import { appModel, type AppModel } from '../../core/app/model.ts'
import type { Provider } from '../../core/provider.ts'
import type { Database } from '../../host/store/engine.ts'
import { giveConsent, postClient } from '../../oauth/oidc.fixture.ts'
import { openTokenTables } from '../../tokens/tables.ts'
import { createCustodyTables } from '../custody/tables.ts'
import { openRelayTokens } from '../custody/tokens.ts'
import { admin, browserWith, openOAuthNode, startTickets } from '../oauth/oauth.fixture.ts'
import type { Ending, PurposeHandler } from '../oauth/sign-ins.ts'
import type { Teardown } from '../relay.fixture.ts'
import { ownAccountHolder } from './holder.ts'
import { openOwnAccounts } from './open.ts'
import type { Asking } from './own-accounts.ts'
import { createOwnAccountTables } from './tables.ts'

const manual = { config: { trigger_type: 'manual' } }
const flowOf = (name: string, functionName: string) => ({
  name,
  file: `workflows/${name}.jsonc`,
  flow: {
    name: `Flow ${name}`,
    is_active: true,
    trigger: manual,
    definition: {
      document: { dsl: '1.0.0', namespace: 'desk', name, version: '1.0' },
      do: [{ step: { call: 'invoke_backend_function', with: { function_name: functionName } } }],
    },
  },
})

/** An app whose users bring their own account of “Tickets”: the flows `remind` and `sum` use it, `plain` does not. */
export const desk: AppModel = appModel.parse({
  id: 'desk',
  path: '/desk',
  config: { name: 'Desk' },
  entities: [],
  functions: [
    { name: 'read', file: 'functions/read/entry.ts', config: {}, uses: [{ connector: 'tickets', action: 'whoAmI' }] },
    { name: 'none', file: 'functions/none/entry.ts', config: {}, uses: [] },
  ],
  flows: [flowOf('remind', 'read'), flowOf('sum', 'read'), flowOf('plain', 'none')],
  connectors: [{ file: 'connectors/tickets.jsonc', connector: { type: 'tickets', scopes: ['tickets:read'], mode: 'app-user' } }],
  pages: [],
  problems: [],
})

export const asking = (userId: string, change: Partial<Asking> = {}): Asking => ({
  appId: 'desk',
  userId,
  workspaceId: 'w1',
  workspace: 'Northwind',
  sessionId: `session of ${userId}`,
  member: null,
  model: desk,
  ip: '10.0.0.1',
  ...change,
})

type Options = { hasClient?: boolean; provider?: Partial<Provider> }

/** The room of one node with a real authorization server, an OAuth client of the workspace, and the users `a` and `b` of each app. */
export async function openOwnAccountNode(t: Teardown, database: Database, { hasClient = true, provider = {} }: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'own-accounts-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const tickets = await startTickets(t, provider)
  const appUser: PurposeHandler = { finish: signedIn => own.purpose.finish(signedIn) }
  const node = await openOAuthNode(database, { ...tickets, appUser })
  if (hasClient)
    await node.clients.save(
      admin,
      { provider: 'tickets', clientId: postClient.clientId, ...(postClient.clientSecret && { clientSecret: postClient.clientSecret }) },
      null,
    )
  await createOwnAccountTables(database)
  await createCustodyTables(database)
  const { tools } = tickets.catalogue
  const errors: unknown[] = []
  const renewing = await openRelayTokens({
    database,
    tokens: await openTokenTables(database),
    envelope: node.envelope,
    dataFolder: folder,
    nodeId: 'test',
    holders: [ownAccountHolder({ database, parties: node.parties, tools })],
    changed: () => {},
    report: error => errors.push(error),
  })
  t.after(() => renewing.close())
  const users = new Set(['a', 'b'])
  const changes: string[] = []
  const own = await openOwnAccounts({
    ...node,
    database,
    tools,
    renewing,
    signIns: () => node.signIns,
    url: 'https://relay.example',
    emailIn: async (sessionId, { userId }) => (users.has(userId) && sessionId === `session of ${userId}` ? `${userId}@example.com` : null),
    changed: appId => changes.push(appId),
    now: Date.now,
  })

  /** Goes through the browser as one person of the provider. */
  async function connect(who: Asking, login: string, flows: readonly string[] = [], answers: Facts = {}): Promise<Ending> {
    const { authorizationUrl, setCookie } = await own.ownAccounts.connect(who, 'tickets', { flows, answers, returnTo: '/a/desk/' })
    const returned = new URL(await giveConsent(authorizationUrl, 'agree', login))
    return node.signIns.end(returned.searchParams, browserWith(setCookie))
  }
  return { ...own, ...tickets, node, renewing, users, changes, errors, connect }
}
