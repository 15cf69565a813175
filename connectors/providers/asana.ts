import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Asana. */
export const asana: Provider = {
  id: 'asana',
  name: 'Asana',
  authorizationEndpoint: 'https://app.asana.com/-/oauth_authorize',
  tokenEndpoint: 'https://app.asana.com/-/oauth_token',
  revocation: { endpoint: 'https://app.asana.com/-/oauth_revoke', by: 'client', token: 'refresh', ends: 'grant' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'stable',
  // Apps from before the granular scopes know one that stands for all.
  earlierScopes: Object.fromEntries(
    ['tasks:read', 'tasks:write', 'projects:read', 'users:read', 'workspaces:read', 'stories:write', 'webhooks:write'].map(scope => [
      scope,
      'default',
    ]),
  ),
  clientPageUrl: 'https://app.asana.com/0/my-apps',
  clientSetup: {
    steps: ['Create a new app.', 'Under “OAuth” add each redirect address.', 'Copy the client id and the client secret.'],
    scopesHint: 'Tick the same permission scopes on the app, or choose full permissions.',
    quirks: ['It is not documented whether Asana takes http addresses on this computer. If it refuses them, it needs a relay.'],
  },
  apiOrigins: ['https://app.asana.com'],
}
