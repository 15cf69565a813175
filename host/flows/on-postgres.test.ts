import { keepAppsOn } from './fixture.ts'

// All that flows promise on one machine they promise on Postgres.
keepAppsOn('Postgres')
await import('./flows.test.ts')
await import('./clock.test.ts')
await import('./permissions.test.ts')
await import('./run-flow.property.test.ts')
await import('./webhook.test.ts')
await import('./own-accounts.test.ts')
