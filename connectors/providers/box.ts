import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Box. Each refresh token serves once and lives 60 days: an answer that is lost costs the connection. */
export const box: Provider = {
  id: 'box',
  name: 'Box',
  authorizationEndpoint: 'https://account.box.com/api/oauth2/authorize',
  tokenEndpoint: 'https://api.box.com/oauth2/token',
  revocation: { endpoint: 'https://api.box.com/oauth2/revoke', by: 'client', token: 'refresh', ends: 'unclear' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  refreshIdleDays: 60,
  impliedScopes: { root_readwrite: ['root_readonly'] },
  clientPageUrl: 'https://app.box.com/developers/console',
  clientSetup: {
    steps: [
      'Create a custom app with “User Authentication (OAuth 2.0)”.',
      'Under “Configuration” enter the redirect addresses.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Tick “Read” or “Write all files and folders” on the same page: connecting can only narrow it.',
    quirks: ['Each refresh token serves once and ends after 60 days without use.'],
  },
  apiOrigins: ['https://api.box.com', 'https://upload.box.com'],
}
