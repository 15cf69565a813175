import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

const slack = {
  name: 'Slack',
  authorizationEndpoint: 'https://slack.com/oauth/v2/authorize',
  tokenEndpoint: 'https://slack.com/api/oauth.v2.access',
  // Ends one token; the app stays in the workspace until someone removes it there.
  revocation: { endpoint: 'https://slack.com/api/auth.revoke', by: 'bearer', token: 'access', ends: 'token' },
  scopeSeparator: ',',
  authorizationParameters: {},
  redirect: listedPorts('localhost'),
  // A token has no end unless the app turned token rotation on, and then every refresh token serves once.
  refreshToken: 'optional',
  rotation: 'strict',
  refusals: ['invalid_refresh_token', 'token_revoked'],
  accountPageUrl: 'https://slack.com/apps/manage',
  clientPageUrl: 'https://api.slack.com/apps',
  apiOrigins: ['https://slack.com'],
  practice: {
    service: 'slack',
    authorizationPath: '/oauth/v2/authorize',
    tokenPath: '/api/oauth.v2.access',
    revocationPath: '/api/auth.revoke',
  },
} as const

/**
 * Slack, installing a bot. Slack refuses bot scopes on a desktop redirect once PKCE is on for the app: so no PKCE, a secret, and
 * http://localhost, which Slack tolerates as long as the app never turned PKCE on.
 */
export const slackBot: Provider = {
  ...slack,
  id: 'slackbot',
  scopeParameter: 'scope',
  grantAt: 'top',
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  clientSetup: {
    steps: [
      'Create an app “From scratch” and choose your workspace.',
      'Under “OAuth & Permissions” add each redirect address.',
      'Leave PKCE off: Slack gives a desktop app with PKCE no bot permissions, and it cannot be turned off again.',
      'Copy the client id and the client secret from “Basic Information”.',
    ],
    scopesHint: 'Add the same bot token scopes that Plugboard asks for when you connect.',
    quirks: ['Errors come with HTTP 200.', 'Every workspace has one installation: connecting again renews it.'],
  },
}

/** Slack, as a person. PKCE without a secret; the grant sits inside `authed_user`. The port must be registered with the app. */
export const slackUser: Provider = {
  ...slack,
  id: 'slack',
  scopeParameter: 'user_scope',
  grantAt: 'authed_user',
  clientAuthentication: 'none',
  secretRequired: false,
  pkce: true,
  refreshIdleDays: 30,
  clientSetup: {
    steps: [
      'Create an app “From scratch” and choose your workspace. It must be another one than the bot’s.',
      'Under “OAuth & Permissions” turn PKCE on and add each redirect address.',
      'Copy the client id from “Basic Information”. The secret is not needed.',
    ],
    scopesHint: 'Add the same user token scopes that Plugboard asks for when you connect.',
    quirks: [
      'The token is found inside authed_user; what stands beside it would be the bot’s.',
      'Errors come with HTTP 200.',
      'With PKCE every refresh token ends after 30 days without use.',
    ],
  },
}
