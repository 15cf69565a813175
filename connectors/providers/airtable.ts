import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Airtable. PKCE is a must, the secret is not. A refresh token that is sent twice ends the connection. */
export const airtable: Provider = {
  id: 'airtable',
  name: 'Airtable',
  authorizationEndpoint: 'https://airtable.com/oauth2/v1/authorize',
  tokenEndpoint: 'https://airtable.com/oauth2/v1/token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_basic',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  refreshIdleDays: 60,
  accountPageUrl: 'https://airtable.com/account',
  clientPageUrl: 'https://airtable.com/create/oauth',
  clientSetup: {
    steps: [
      'Register a new OAuth integration.',
      'Enter the redirect addresses: only localhost may go without https.',
      'Tick the scopes and copy the client id. Make no secret, or enter it as well.',
    ],
    scopesHint: 'Tick every scope that Plugboard asks for; user.email:read tells whose account it is.',
    quirks: ['The user picks the bases and workspaces that may be reached.', 'Access cannot be withdrawn by a program.'],
  },
  apiOrigins: ['https://api.airtable.com', 'https://content.airtable.com'],
}
