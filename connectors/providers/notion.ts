import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Notion, public integration. Basic authentication with a JSON body; no scopes: what it may do is set on the integration, and the user picks pages. */
export const notion: Provider = {
  id: 'notion',
  name: 'Notion',
  authorizationEndpoint: 'https://api.notion.com/v1/oauth/authorize',
  tokenEndpoint: 'https://api.notion.com/v1/oauth/token',
  revocation: { endpoint: 'https://api.notion.com/v1/oauth/revoke', by: 'client', body: 'json', token: 'access', ends: 'token' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: { owner: 'user' },
  clientAuthentication: 'client_secret_basic',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  tokenBody: 'json',
  grantAt: 'top',
  // Connections from before 2025 have none, and their access has no end.
  refreshToken: 'optional',
  rotation: 'strict',
  clientPageUrl: 'https://www.notion.so/profile/integrations',
  clientSetup: {
    steps: [
      'Create a new integration of the type “Public”.',
      'Enter the redirect addresses and choose its capabilities.',
      'Copy the OAuth client id and the client secret.',
    ],
    scopesHint: 'Choose the capabilities to read, insert and update content that your app needs.',
    quirks: [
      'The user picks the pages that the integration may see; more are added on Notion’s side.',
      'The answer does not say when the access ends: it is renewed when Notion refuses it.',
      'Withdrawing ends the token; the integration stays under “Connections” in Notion’s settings.',
    ],
  },
  apiOrigins: ['https://api.notion.com'],
}
