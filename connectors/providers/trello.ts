import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Trello, OAuth 2.0 on Atlassian's server: PKCE is a must, the client may be public. */
export const trello: Provider = {
  id: 'trello',
  name: 'Trello',
  authorizationEndpoint: 'https://auth.atlassian.com/authorize',
  tokenEndpoint: 'https://auth.atlassian.com/oauth/token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  lastingScopes: ['offline_access'],
  authorizationParameters: { prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  tokenBody: 'json',
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  accountPageUrl: 'https://id.atlassian.com/manage-profile/apps',
  clientPageUrl: 'https://trello.com/power-ups/admin',
  clientSetup: {
    steps: [
      'Create an app in Trello’s admin for Power-Ups and open its OAuth 2.0 settings.',
      'Choose “public” as client security type and enter the redirect addresses.',
      'Copy the client id.',
    ],
    scopesHint: 'Add the read and write scopes of boards and organizations that Plugboard asks for.',
    quirks: ['It is not documented whether Trello takes http addresses on this computer. If it refuses them, it needs a relay.'],
  },
  apiOrigins: ['https://api.trello.com'],
}
