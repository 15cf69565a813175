import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Calendly. PKCE for all; https redirects only, outside its sandbox. */
export const calendly: Provider = {
  id: 'calendly',
  name: 'Calendly',
  authorizationEndpoint: 'https://auth.calendly.com/oauth/authorize',
  tokenEndpoint: 'https://auth.calendly.com/oauth/token',
  revocation: { endpoint: 'https://auth.calendly.com/oauth/revoke', by: 'client', token: 'both', ends: 'unclear' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_basic',
  secretRequired: true,
  pkce: true,
  redirect: listedPorts('localhost'),
  relayOnly: true,
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  accountPageUrl: 'https://calendly.com/integrations',
  clientPageUrl: 'https://developer.calendly.com',
  clientSetup: {
    steps: [
      'Create an OAuth app of the kind “Web” for production in your developer account.',
      'Enter the https address of your relay as redirect address.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Choose the scopes on the app as well.',
    quirks: ['Each refresh token serves once.', 'Webhooks need a paid plan.'],
  },
  apiOrigins: ['https://api.calendly.com'],
}
