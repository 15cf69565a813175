import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** HubSpot. One installation for each HubSpot account, by a super admin. */
export const hubspot: Provider = {
  id: 'hubspot',
  name: 'HubSpot',
  authorizationEndpoint: 'https://app.hubspot.com/oauth/authorize',
  tokenEndpoint: 'https://api.hubapi.com/oauth/v1/token',
  // Ends the refresh token only: the app stays installed, and the access token serves its last half hour.
  revocation: {
    endpoint: 'https://api.hubapi.com/oauth/v1/refresh-tokens/{token}',
    method: 'DELETE',
    by: 'bearer',
    body: 'none',
    token: 'refresh',
    ends: 'token',
  },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  lastingScopes: ['oauth'],
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'stable',
  refusals: ['BAD_REFRESH_TOKEN'],
  earlierScopes: { 'crm.objects.contacts.read': 'contacts', 'crm.objects.contacts.write': 'contacts' },
  clientPageUrl: 'https://developers.hubspot.com',
  clientSetup: {
    steps: [
      'Create an app in a HubSpot developer account and open its “Auth” page.',
      'Enter the redirect addresses.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Add the same scopes to the app that Plugboard asks for: HubSpot refuses the sign-in when they differ.',
    quirks: [
      'Only a super admin can connect, for the whole HubSpot account.',
      'Withdrawing does not uninstall the app: an admin does that under “Connected apps”.',
    ],
  },
  apiOrigins: ['https://api.hubapi.com'],
}
