import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppModel } from '../../core/app/model.ts'
import type { Activity } from '../../core/connection.ts'
import { catalogueOf } from '../../connectors/catalogue.ts'
import type { Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Practice } from '../../practice/practice.ts'
import type { Keychain } from '../vault/keychain.ts'
import { openVault } from '../vault/vault.ts'
import { createConnections, type ConnectEvent, type ConnectInput, type Connections, type ConnectionsOptions } from './connections.ts'

/** A keychain that a second process of the same test finds too. */
function fileKeychain(file: string): Keychain {
  const read = async (): Promise<Record<string, string>> => JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  return {
    read: async account => (await read())[account] ?? null,
    write: async (account, secret) => writeFile(file, JSON.stringify({ ...(await read()), [account]: secret })),
    async delete(account) {
      const { [account]: _, ...others } = await read()
      await writeFile(file, JSON.stringify(others))
    },
  }
}

/** A desktop that is signed in to no relay. */
export const noRelay: ConnectionsOptions['relay'] = {
  read: async () => null,
  request: async () => {
    throw new AppError('unauthorized', 'Sign in to your relay first.')
  },
}

type Teardown = { after(end: () => Promise<void> | void): void }

export const noPractice: Practice = {
  supports: () => false,
  endpoints: async () => {
    throw new AppError('not_found', 'There is no practice account here.')
  },
  place: async () => {
    throw new AppError('not_found', 'There is no practice account here.')
  },
  serviceId: async () => null,
  open: async () => {
    throw new AppError('not_found', 'There is no practice account here.')
  },
  close: async () => {},
}

export type Setup = Partial<Omit<ConnectionsOptions, 'catalogue'>> & {
  connectors?: Readonly<Record<string, Connector>>
  home?: string
  model?: AppModel
  calls?: Activity[]
}

/** Connections in a home directory of their own, or in one that is there already: with a vault that needs no keychain. */
export async function connectionsFor(t: Teardown, { home: existing, connectors = {}, model, calls = [], ...options }: Setup) {
  const home = existing ?? (await mkdtemp(join(tmpdir(), 'plugboard-connections-')))
  const reports: AppError[] = []
  const vault = options.vault ?? (await openVault({ home, keychain: fileKeychain(join(home, 'test-keychain.json')) }))
  const connections = await createConnections({
    home,
    catalogue: catalogueOf(connectors),
    practice: noPractice,
    openBrowser: () => {},
    modelOf: () => model ?? null,
    appsHere: async () => new Map([['desk', 'desk']]),
    activity: async (_, connectionId) => calls.filter(call => call.connectionId === connectionId),
    report: error => reports.push(error),
    relay: noRelay,
    relayIdOf: async appId => appId,
    ...options,
    vault,
  })
  t.after(async () => {
    await connections.close()
    if (!existing) await rm(home, { recursive: true, force: true })
  })
  return { home, vault, connections, reports }
}

/** Goes through a whole connect, the browser's part done by `browse`. Returns the last event and all of their types. */
export async function connectWith(
  connections: Connections,
  input: ConnectInput,
  browse: (authorizationUrl: string) => Promise<unknown>,
  signal?: AbortSignal,
) {
  const types: string[] = []
  let connected: Extract<ConnectEvent, { type: 'connected' }> | null = null
  let tab: Promise<unknown> = Promise.resolve()
  for await (const event of connections.connect(input, signal)) {
    types.push(event.type)
    if (event.type === 'opened') tab = browse(event.authorizationUrl)
    if (event.type === 'choose') connections.choose(event.questionId, 'new')
    if (event.type === 'connected') connected = event
  }
  if (!connected) throw new Error('The attempt ended without a connection')
  return { ...connected, types, tab: await tab }
}
