import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Todoist. PKCE without a secret. Only a client with a secret can withdraw access. */
export const todoist: Provider = {
  id: 'todoist',
  name: 'Todoist',
  authorizationEndpoint: 'https://app.todoist.com/oauth/authorize',
  tokenEndpoint: 'https://api.todoist.com/oauth/access_token',
  revocation: {
    endpoint: 'https://todoist.com/api/v1/revoke',
    by: 'client',
    clientAuthentication: 'client_secret_basic',
    secretRequired: true,
    token: 'access',
    ends: 'unclear',
  },
  scopeParameter: 'scope',
  scopeSeparator: ',',
  impliedScopes: { 'data:read_write': ['data:read', 'task:add'] },
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  // Apps from before 2026 get a token without an end instead.
  refreshToken: 'optional',
  rotation: 'strict',
  accountPageUrl: 'https://app.todoist.com/app/settings/integrations/installed',
  clientPageUrl: 'https://app.todoist.com/app/settings/integrations/app-management',
  clientSetup: {
    steps: [
      'Create a new app in the App Console, as a public client.',
      'Enter the redirect addresses.',
      'Copy the client id. A secret is needed only to withdraw access from here.',
    ],
  },
  apiOrigins: ['https://api.todoist.com'],
}
