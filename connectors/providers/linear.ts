import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Linear. Tokens of a day, and refresh tokens that rotate; a replay within 30 minutes is forgiven, with which answer is not known. */
export const linear: Provider = {
  id: 'linear',
  name: 'Linear',
  authorizationEndpoint: 'https://linear.app/oauth/authorize',
  tokenEndpoint: 'https://api.linear.app/oauth/token',
  revocation: { endpoint: 'https://api.linear.app/oauth/revoke', by: 'bearer', token: 'access', tokenParameter: 'token', ends: 'unclear' },
  scopeParameter: 'scope',
  scopeSeparator: ',',
  authorizationParameters: { prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'grace',
  impliedScopes: { write: ['issues:create', 'comments:create'] },
  clientPageUrl: 'https://linear.app/settings/api/applications/new',
  clientSetup: {
    steps: [
      'Create a new OAuth application in the settings of your workspace.',
      'Enter the redirect addresses, one a line.',
      'Copy the client id; enter the client secret too if Linear refuses to do without.',
    ],
    quirks: ['Access lasts a day and is renewed by itself.'],
  },
  apiOrigins: ['https://api.linear.app'],
}
