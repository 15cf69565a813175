import type { Connector } from '../core/connector.ts'
import { connectorFacts, type ConnectorFacts } from './facts.ts'
import { everyFacts } from './generated-facts.ts'
import { loadConnector, noSuchConnector } from './load.ts'

/** What there is to connect: facts of all at once, the code of one when it is first needed. */
export type Catalogue = {
  /** In the order in which they are shown. */
  ids: readonly string[]
  /** Null when there is no such connector. */
  facts(id: string): ConnectorFacts | null
  /** Throws `not_found`. */
  load(id: string): Promise<Connector>
}

/** Every connector of the product. Nothing of a connector's code is loaded with it. */
export const catalogue: Catalogue = catalogueFrom(everyFacts, loadConnector)

/** A catalogue of declarations that are there already, for tests. */
export const catalogueOf = (connectors: readonly Connector[]): Catalogue =>
  catalogueFrom(connectors.map(connectorFacts), async id => {
    const found = connectors.find(each => each.id === id)
    if (!found) throw noSuchConnector(id)
    return found
  })

function catalogueFrom(facts: readonly ConnectorFacts[], load: Catalogue['load']): Catalogue {
  const byId = new Map(facts.map(each => [each.id, each]))
  return { ids: [...byId.keys()], facts: id => byId.get(id) ?? null, load }
}
