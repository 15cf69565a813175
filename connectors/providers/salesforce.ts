import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Salesforce, External Client App. The answer names the account's own instance and no end of the access, which is a policy of the organization. */
export const salesforce: Provider = {
  id: 'salesforce',
  name: 'Salesforce',
  authorizationEndpoint: 'https://{domain}.salesforce.com/services/oauth2/authorize',
  tokenEndpoint: 'https://{domain}.salesforce.com/services/oauth2/token',
  revocation: { endpoint: 'https://{domain}.salesforce.com/services/oauth2/revoke', by: 'client', token: 'both', ends: 'unclear' },
  fields: [
    {
      id: 'domain',
      label: 'Salesforce domain',
      hint: 'Leave it empty for production, enter test for a sandbox, or your own domain such as acme.my.',
      placeholder: 'login',
      pattern: '[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9-]+)*',
      suffix: '.salesforce.com',
      default: 'login',
    },
  ],
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  lastingScopes: ['refresh_token'],
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  // Stable unless the app turned rotation on, which nothing in the answer tells.
  rotation: 'strict',
  learned: { instanceUrl: { member: 'instance_url', pattern: 'https://([a-z0-9-]+\\.)+salesforce\\.com' } },
  clientPageUrl: 'https://login.salesforce.com',
  clientSetup: {
    steps: [
      'In “Setup” open “External Client App Manager” and create a new app with OAuth turned on.',
      'Enter the redirect addresses, one a line, and require PKCE.',
      'Untick “Require secret” for the web server and the refresh token flow.',
      'Copy the consumer key: that is the client id. Leave the secret empty.',
    ],
    scopesHint: 'Add “api”, “refresh_token” and “openid” to the app.',
    quirks: [
      'An administrator has to install or approve the app in the organization before others can connect.',
      'When the access ends is a policy of the organization; it is renewed when Salesforce refuses it.',
    ],
  },
  apiOrigins: ['{instanceUrl}'],
}
