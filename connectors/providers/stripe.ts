import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Stripe Connect, Standard OAuth. The platform's secret key signs the exchange, and live mode takes https redirects only. */
export const stripe: Provider = {
  id: 'stripe',
  name: 'Stripe',
  authorizationEndpoint: 'https://connect.stripe.com/oauth/authorize',
  tokenEndpoint: 'https://connect.stripe.com/oauth/token',
  revocation: {
    endpoint: 'https://connect.stripe.com/oauth/deauthorize',
    by: 'client',
    tokenParameter: '',
    parameters: { stripe_user_id: 'accountId' },
    token: 'access',
    ends: 'grant',
  },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  impliedScopes: { read_write: ['read_only'] },
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  relayOnly: true,
  grantAt: 'top',
  // It gives one, but the access has no end.
  refreshToken: 'optional',
  rotation: 'none',
  learned: { accountId: { member: 'stripe_user_id', pattern: 'acct_[A-Za-z0-9]+' } },
  accountPageUrl: 'https://dashboard.stripe.com/settings/apps',
  clientPageUrl: 'https://dashboard.stripe.com/settings/connect/onboarding-options/oauth',
  clientSetup: {
    steps: [
      'Turn on OAuth in the settings of Stripe Connect.',
      'Enter the https address of your relay as redirect address.',
      'Copy the client id; the client secret is the secret key of your platform.',
    ],
    scopesHint: 'One of read_only and read_write is asked for.',
    quirks: ['Withdrawing disconnects the Stripe account from your platform.'],
  },
  apiOrigins: ['https://api.stripe.com'],
}
