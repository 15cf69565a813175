import { tools } from '../../connectors/catalogue.ts'
import { builder } from '../../core/app-user.ts'
import { AppError } from '../../core/errors.ts'
import type { CredentialsClient } from '../gateway/gateway.ts'

/** What answers for tokens where nobody has connected anything. */
export const noAccounts: CredentialsClient = {
  accessToken: async ({ connector }) => {
    const name = Object.hasOwn(tools, connector) ? tools[connector]?.name : undefined
    throw new AppError('needs_connection', `Connect ${name ?? connector} in Plugboard; a headless host has no accounts of its own.`, {
      action: { kind: 'connect', connector },
    })
  },
  accounts: async () => [],
  agreedUsers: async () => [builder],
}
