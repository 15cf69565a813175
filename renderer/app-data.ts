import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AppModel } from '../core/app/model.ts'
import { client } from './client.ts'
import { queryClient, useCall, useStream } from './query.ts'

/** Every key of the query cache, so that who changes something knows what to refresh. */
export const keys = {
  info: ['info'],
  system: ['system'],
  settings: ['settings'],
  oauthClients: ['oauth-clients'],
  vault: ['vault'],
  apps: ['apps'],
  relay: ['relay'],
  relayApps: ['relay-apps'],
  connectors: ['connectors'],
  /** What begins the keys of all that belongs to an app. */
  everyApp: ['app'],
  actions: (connector: string) => ['actions', connector],
  model: (appId: string) => ['app', appId, 'model'],
  connections: (appId: string) => ['app', appId, 'connections'],
  access: (connectionId: string) => ['access', connectionId],
  lately: (appId: string) => ['app', appId, 'lately'],
  chat: (appId: string) => ['app', appId, 'chat'],
  flows: (appId: string) => ['app', appId, 'flows'],
  counts: (appId: string) => ['app', appId, 'counts'],
  runs: (appId: string) => ['app', appId, 'runs'],
  history: (appId: string) => ['app', appId, 'history'],
  publish: (appId: string) => ['app', appId, 'publish'],
  publishPreview: (appId: string) => ['app', appId, 'publish-preview'],
  webhook: (appId: string, flow: string) => ['app', appId, 'webhook', flow],
}

export const useInfo = () => useCall(keys.info, () => client.system.info(), { staleTime: Infinity })
export const useSystem = () => useStream(keys.system, signal => client.system.watch(undefined, { signal }))
export const useSettings = () => useCall(keys.settings, () => client.settings.get(), { staleTime: Infinity })
export const useVault = () => useCall(keys.vault, () => client.vault.status())
export const useApps = () => useCall(keys.apps, () => client.apps.list())
/** The relay that this desktop is signed in to, or was until its session ended. */
export function useRelay() {
  const { data } = useCall(keys.relay, () => client.relay.status(), { staleTime: 60_000 })
  return data && data.state !== 'signed_out' ? data : null
}
/** What a tool still needs may have been added in the browser meanwhile. */
export const useConnectors = () => useCall(keys.connectors, () => client.connectors.list(), { refetchOnWindowFocus: 'always' })
/** What goes into a tool's actions and comes out. Declared with the product: it never changes while it runs. */
export const actionsQuery = (connector: string) => ({
  queryKey: keys.actions(connector),
  queryFn: async () => ({ connector, actions: await client.connectors.actions({ connector }) }),
  staleTime: Infinity,
})
export const useActions = (connector: string | null) =>
  useQuery({ ...actionsQuery(connector ?? ''), enabled: connector !== null, select: ({ actions }) => actions })
export const useModel = (appId: string) => useStream<AppModel>(keys.model(appId), signal => client.host.apps.watch({ appId }, { signal }))
export const useConnections = (appId: string) =>
  useStream(keys.connections(appId), signal => client.connections.watch({ appId }, { signal }))
/** Refreshed by itself when the app's accounts change. */
export const useLately = (appId: string) => useCall(keys.lately(appId), () => client.connections.lately({ appId }))
export const useChat = (appId: string) => useStream(keys.chat(appId), signal => client.chat.watch({ appId }, { signal }))

/** Refreshed by itself when the app's files, its accounts or its runs change: see `useAppSignals`. */
export const useFlows = (appId: string) => useCall(keys.flows(appId), () => client.host.flows.list({ appId }))
export const useCounts = (appId: string) => useCall(keys.counts(appId), () => client.host.records.counts({ appId }))

export type AppSummary = NonNullable<ReturnType<typeof useApps>['data']>[number]
export type ConnectorFacts = NonNullable<ReturnType<typeof useConnectors>['data']>[number]
export type ActionShape = NonNullable<ReturnType<typeof useActions>['data']>[number]
export type ConnectionRow = NonNullable<ReturnType<typeof useConnections>['data']>[number]
export type FlowSummary = NonNullable<ReturnType<typeof useFlows>['data']>[number]
export type VaultStatus = NonNullable<ReturnType<typeof useVault>['data']>

/**
 * Follows what happens in the open app and refreshes what depends on it. The frame holds this once per app. Screens that show runs or
 * records build their keys on `keys.runs(appId)` and `keys.counts(appId)` and are refreshed with them.
 */
export function useAppSignals(appId: string): void {
  const model = useModel(appId).data
  const connections = useConnections(appId).data
  const run = useStream(['app', appId, 'last-run'], signal => client.host.runs.watch({ appId }, { signal })).data
  const change = useStream(['app', appId, 'last-change'], signal => client.host.records.watch({ appId }, { signal })).data
  useEffect(() => refresh(keys.flows(appId), keys.history(appId), keys.counts(appId), keys.publishPreview(appId)), [appId, model])
  useEffect(() => refresh(keys.flows(appId), keys.connectors, keys.lately(appId), keys.publishPreview(appId)), [appId, connections])
  useEffect(() => refresh(keys.runs(appId), keys.flows(appId), keys.apps), [appId, run])
  useEffect(() => refresh(keys.counts(appId)), [appId, change])
}

function refresh(...queryKeys: string[][]): void {
  for (const queryKey of queryKeys) void queryClient.invalidateQueries({ queryKey })
}

/** The name a person knows a flow or function by. */
export function useTitleOf(appId: string): (use: { kind: string; name: string }) => string {
  const { data: flows = [] } = useFlows(appId)
  return ({ kind, name }) => flows.find(flow => kind === 'flow' && flow.name === name)?.title ?? name
}

/** A tool by its id, with a readable name while the list is still on its way. */
export function useConnector(id: string | null): { name: string; icon: string; facts: ConnectorFacts | undefined } {
  const { data } = useConnectors()
  const facts = data?.find(connector => connector.id === id)
  return { name: facts?.name ?? id ?? '', icon: facts?.icon ?? '', facts }
}
