import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Webflow. Tokens that last, and no refresh tokens. */
export const webflow: Provider = {
  id: 'webflow',
  name: 'Webflow',
  authorizationEndpoint: 'https://webflow.com/oauth/authorize',
  tokenEndpoint: 'https://api.webflow.com/oauth/access_token',
  revocation: {
    endpoint: 'https://webflow.com/oauth/revoke_authorization',
    by: 'client',
    tokenParameter: 'access_token',
    token: 'access',
    ends: 'grant',
  },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'never',
  rotation: 'none',
  clientPageUrl: 'https://webflow.com/dashboard',
  clientSetup: {
    steps: [
      'In the settings of your workspace open “Apps & Integrations” and create an app with the Data API.',
      'Enter the redirect addresses.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Choose the same scopes on the app.',
    quirks: ['The user picks the sites that may be reached.'],
  },
  apiOrigins: ['https://api.webflow.com'],
}
