import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** monday.com, its OAuth 2.1 flow. The answer does not say when the access ends; the token, a JWT, does. */
export const monday: Provider = {
  id: 'monday',
  name: 'monday.com',
  authorizationEndpoint: 'https://auth.monday.com/oauth2/authorize',
  tokenEndpoint: 'https://auth.monday.com/oauth_ms/oauth/token',
  revocation: { endpoint: 'https://auth.monday.com/oauth_ms/oauth/revoke', by: 'client', token: 'both', ends: 'token' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: { force_install_if_needed: 'true' },
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  expiryIn: 'jwt',
  refreshToken: 'always',
  rotation: 'strict',
  clientPageUrl: 'https://developer.monday.com',
  clientSetup: {
    steps: [
      'In the Developer Center create an app and open “OAuth”.',
      'Enter the redirect addresses.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Tick the same scopes on the app.',
    quirks: [
      'An administrator of the account has to install the app first.',
      'Withdrawing ends the token; the app stays installed in the account.',
      'It is not documented whether monday.com takes http addresses on this computer. If it refuses them, it needs a relay.',
    ],
  },
  apiOrigins: ['https://api.monday.com'],
}
