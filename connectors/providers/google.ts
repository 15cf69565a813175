import type { Provider } from '../../core/provider.ts'
import { googleScopes } from './google-scopes.ts'
import { anyPort } from './loopback.ts'

/**
 * Google, desktop client type. The secret must be sent although Google itself does not count it as confidential; any loopback port
 * is accepted. A refresh token comes only with `access_type=offline`, and again only with `prompt=consent`.
 */
export const google: Provider = {
  id: 'google',
  name: 'Google',
  authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenEndpoint: 'https://oauth2.googleapis.com/token',
  revocation: { endpoint: 'https://oauth2.googleapis.com/revoke', by: 'client', token: 'both', ends: 'grant' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: { access_type: 'offline', prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: true,
  // The desktop client type has no list of addresses: every loopback one is allowed.
  redirect: anyPort('127.0.0.1', []),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'stable',
  refreshIdleDays: 180,
  shortLife: {
    days: 7,
    advice: 'your OAuth client is in test mode. Set it to “In production” in Google’s console and connect again to end that',
  },
  impliedScopes: googleScopes,
  accountPageUrl: 'https://myaccount.google.com/connections',
  clientPageUrl: 'https://console.cloud.google.com/apis/credentials',
  clientSetup: {
    steps: [
      'Choose or create a project, and turn on the API of each tool you use under “APIs & Services”.',
      'Fill in the consent screen with the name of your app and your address.',
      'Under “Credentials” create an OAuth client id of the type “Desktop app”. It needs no redirect address.',
      'Copy the client id and the client secret.',
    ],
    onServer: [
      'Choose or create a project, and turn on the API of each tool you use under “APIs & Services”.',
      'Fill in the consent screen with the name of your app and your address.',
      'Under “Credentials” create an OAuth client id of the type “Web application” with the redirect address.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Nothing has to be listed as long as you use it yourself.',
    quirks: [
      'While the consent screen is in test mode, every connection ends after 7 days.',
      'People may give fewer permissions than were asked for; what is missing is asked for when it is needed.',
      'Withdrawing ends the access of every connection of the account to this client.',
    ],
  },
  apiOrigins: [
    'https://www.googleapis.com',
    'https://gmail.googleapis.com',
    'https://sheets.googleapis.com',
    'https://openidconnect.googleapis.com',
  ],
  practice: {
    service: 'google',
    authorizationPath: '/o/oauth2/v2/auth',
    tokenPath: '/oauth2/token',
    revocationPath: '/oauth2/revoke',
  },
}
