import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Figma. Refreshing has an address of its own, and its answer no refresh token: the first one stays. */
export const figma: Provider = {
  id: 'figma',
  name: 'Figma',
  authorizationEndpoint: 'https://www.figma.com/oauth',
  tokenEndpoint: 'https://api.figma.com/v1/oauth/token',
  refreshEndpoint: 'https://api.figma.com/v1/oauth/refresh',
  scopeParameter: 'scope',
  scopeSeparator: ',',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_basic',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'stable',
  earlierScopes: {
    'current_user:read': 'files:read',
    'file_content:read': 'files:read',
    'file_metadata:read': 'files:read',
    'file_comments:read': 'files:read',
  },
  accountPageUrl: 'https://www.figma.com/settings',
  clientPageUrl: 'https://www.figma.com/developers/apps',
  clientSetup: {
    steps: ['Create a new OAuth app.', 'Add each redirect address.', 'Copy the client id and the client secret, which is shown only once.'],
    scopesHint: 'Tick the same scopes on the app.',
    quirks: [
      'A token that is not accepted is answered with 403 and “Invalid token”, not with 401.',
      'Access lasts 90 days and is renewed by itself.',
      'It cannot be withdrawn by a program.',
    ],
  },
  apiOrigins: ['https://api.figma.com'],
}
