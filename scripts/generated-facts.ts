import { fileURLToPath } from 'node:url'
import { connectorFacts } from '../connectors/facts.ts'
import type { Connector } from '../core/connector.ts'

export const factsFile = fileURLToPath(new URL('../connectors/generated-facts.ts', import.meta.url))

/** The facts of all connectors as a module, so that a start evaluates no declaration. */
export const renderFacts = (connectors: readonly Connector[]): string =>
  `// Made by npm run connectors from the declarations. Do not edit.
import type { ConnectorFacts } from './facts.ts'

// oxfmt-ignore
export const everyFacts: readonly ConnectorFacts[] = ${JSON.stringify(connectors.map(connectorFacts), null, 1)}
`
