import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** LinkedIn. Only approved partners get refresh tokens: everybody else connects again every 60 days. */
export const linkedin: Provider = {
  id: 'linkedin',
  name: 'LinkedIn',
  authorizationEndpoint: 'https://www.linkedin.com/oauth/v2/authorization',
  tokenEndpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  grantedScopeSeparator: ',',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'optional',
  rotation: 'stable',
  accountPageUrl: 'https://www.linkedin.com/psettings/permitted-services',
  clientPageUrl: 'https://www.linkedin.com/developers/apps',
  clientSetup: {
    steps: [
      'Create an app for a company page and add the products you need: they bring the permissions.',
      'Under “Auth” enter the redirect addresses.',
      'Copy the client id and the primary client secret.',
    ],
    scopesHint: '“Sign In with LinkedIn using OpenID Connect” gives openid, profile and email; “Share on LinkedIn” gives w_member_social.',
    quirks: ['Without LinkedIn’s partner approval the access ends after 60 days and cannot be renewed: connect again then.'],
  },
  apiOrigins: ['https://api.linkedin.com'],
}
