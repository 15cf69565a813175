import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Dropbox. PKCE without a secret, also when refreshing; `token_access_type=offline` or the access ends after 4 hours for good. */
export const dropbox: Provider = {
  id: 'dropbox',
  name: 'Dropbox',
  authorizationEndpoint: 'https://www.dropbox.com/oauth2/authorize',
  tokenEndpoint: 'https://api.dropboxapi.com/oauth2/token',
  revocation: {
    endpoint: 'https://api.dropboxapi.com/2/auth/token/revoke',
    by: 'bearer',
    body: 'none',
    token: 'access',
    ends: 'grant',
  },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: { token_access_type: 'offline' },
  clientAuthentication: 'none',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'stable',
  accountPageUrl: 'https://www.dropbox.com/account/connected_apps',
  clientPageUrl: 'https://www.dropbox.com/developers/apps',
  clientSetup: {
    steps: [
      'Create an app with scoped access, and choose between its own folder and the full Dropbox.',
      'Under “Settings” add each redirect address and allow public clients.',
      'Copy the app key: that is the client id. The app secret is not needed.',
    ],
    scopesHint: 'Tick the permissions under “Permissions” and submit them before you connect.',
  },
  apiOrigins: ['https://api.dropboxapi.com', 'https://content.dropboxapi.com'],
}
