import type { Provider } from '../../core/provider.ts'

const slack = {
  name: 'Slack',
  authorizationEndpoint: 'https://slack.com/oauth/v2/authorize',
  tokenEndpoint: 'https://slack.com/api/oauth.v2.access',
  revocationEndpoint: 'https://slack.com/api/auth.revoke',
  scopeSeparator: ',',
  authorizationParameters: {},
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
  redirect: { host: 'localhost', path: '/callback', ports: [3118, 3119, 3120] },
  // A bot's token has no end unless the app turned token rotation on, and then every refresh token serves once.
  rotation: 'strict',
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
  redirect: { host: 'localhost', path: '/callback', ports: [3118, 3119, 3120] },
  rotation: 'strict',
}
