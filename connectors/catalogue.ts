import type { Connector, Tool } from '../core/connector.ts'
import type { ConnectorFacts } from './facts.ts'
import { everyFacts } from './generated-facts.ts'
import { loadConnector, noSuchConnector } from './load.ts'
import { providers } from './providers/index.ts'

/** What there is to connect: what all of them are, at once and in the order in which they are shown, and the code of one when it is first needed. */
export type Catalogue = {
  tools: Readonly<Record<string, Tool>>
  /** Throws `not_found`. */
  load(id: string): Promise<Connector>
}

/** Every tool of the product. Nothing of a connector's code is loaded with it. */
export const tools: Readonly<Record<string, Tool>> = Object.fromEntries(everyFacts.map(facts => [facts.id, toolOf(facts)]))

export const catalogue: Catalogue = { tools, load: loadConnector }

/** A catalogue of declarations that are there already, for tests. */
export const catalogueOf = (connectors: Readonly<Record<string, Connector>>): Catalogue => ({
  tools: connectors,
  async load(id) {
    const found = Object.hasOwn(connectors, id) ? connectors[id] : undefined
    if (!found) throw noSuchConnector(id)
    return found
  },
})

function toolOf({ provider: providerId, permissions, actions, afterConnect, ...facts }: ConnectorFacts): Tool {
  const provider = providers[providerId]
  if (!provider) throw new Error(`There is no provider ${providerId}.`)
  return {
    ...facts,
    provider,
    scopes: Object.fromEntries(permissions.map(({ scope, text }) => [scope, text])),
    actions: Object.fromEntries(actions.map(({ id, ...action }) => [id, action])),
    ...(afterConnect !== null && { afterConnect }),
  }
}
