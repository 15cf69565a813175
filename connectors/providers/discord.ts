import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Discord with “Public Client” on: PKCE without a secret. */
export const discord: Provider = {
  id: 'discord',
  name: 'Discord',
  authorizationEndpoint: 'https://discord.com/oauth2/authorize',
  tokenEndpoint: 'https://discord.com/api/oauth2/token',
  revocation: { endpoint: 'https://discord.com/api/oauth2/token/revoke', by: 'client', token: 'both', ends: 'unclear' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'none',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  clientPageUrl: 'https://discord.com/developers/applications',
  clientSetup: {
    steps: ['Create an application and open “OAuth2”.', 'Turn “Public Client” on and add each redirect address.', 'Copy the client id.'],
    quirks: [
      'Access lasts 7 days and is renewed by itself.',
      'What a bot does needs the bot’s own token, which does not come from signing in.',
    ],
  },
  apiOrigins: ['https://discord.com'],
}
