import type { Connector } from '../core/connector.ts'
import { declarations, loadConnector } from './load.ts'

/** Every connector by its id, with its code: for tests and scripts. What starts quickly uses `catalogue.ts`. */
export const connectors: Readonly<Record<string, Connector>> = Object.fromEntries(
  await Promise.all(Object.keys(declarations).map(async id => [id, await loadConnector(id)] as const)),
)
