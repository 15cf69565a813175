import type { Provider } from '../../core/provider.ts'
import { anyPort } from './loopback.ts'

const shared = {
  authorizationEndpoint: 'https://github.com/login/oauth/authorize',
  tokenEndpoint: 'https://github.com/login/oauth/access_token',
  deviceAuthorizationEndpoint: 'https://github.com/login/device/code',
  // No RFC 7009: a DELETE that only whoever has the client's secret may send.
  revocation: {
    endpoint: 'https://api.github.com/applications/{clientId}/grant',
    method: 'DELETE',
    by: 'client',
    clientAuthentication: 'client_secret_basic',
    secretRequired: true,
    body: 'json',
    tokenParameter: 'access_token',
    token: 'access',
    ends: 'grant',
  },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  grantedScopeSeparator: ',',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  // The web flow wants the secret even with PKCE; the device flow does without.
  secretRequired: true,
  pkce: true,
  redirect: anyPort('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'optional',
  rotation: 'strict',
  refreshIdleDays: 180,
  refusals: ['bad_refresh_token'],
  apiOrigins: ['https://api.github.com'],
} as const

const quirks = [
  'Without the secret one signs in by a code that is typed on github.com/login/device.',
  'Withdrawing needs the secret too; without it the access is ended on the account page.',
  'Errors come with HTTP 200, and granted scopes are separated by commas.',
]

/** GitHub, OAuth app. */
export const github: Provider = {
  ...shared,
  id: 'github',
  name: 'GitHub',
  // https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps: the answer leaves out what a wider one includes.
  impliedScopes: { repo: ['public_repo'], user: ['read:user', 'user:email'] },
  accountPageUrl: 'https://github.com/settings/applications',
  clientPageUrl: 'https://github.com/settings/developers',
  clientSetup: {
    steps: [
      'Create a new OAuth app and enter the redirect address as its authorization callback URL.',
      'Tick “Enable Device Flow” to connect without a secret.',
      'Copy the client id; or generate a client secret too, to connect without typing a code.',
    ],
    onServer: [
      'Create a new OAuth app and enter the redirect address as its authorization callback URL.',
      'Generate a client secret, and copy it with the client id.',
    ],
    quirks,
  },
  practice: { service: 'github', authorizationPath: '/login/oauth/authorize', tokenPath: '/login/oauth/access_token' },
}

/** GitHub, as a user of a GitHub App: what it may do is set on the app, and it reaches the repositories it is installed in. */
export const githubApp: Provider = {
  ...shared,
  id: 'github-app',
  name: 'GitHub App',
  refreshToken: 'always',
  accountPageUrl: 'https://github.com/settings/apps/authorizations',
  clientPageUrl: 'https://github.com/settings/apps',
  clientSetup: {
    steps: [
      'Create a GitHub App and enter the redirect address as its callback URL.',
      'Choose its permissions, tick “Enable Device Flow”, and keep the expiry of user tokens on.',
      'Install the app where it shall work, and copy its client id.',
    ],
    onServer: [
      'Create a GitHub App and enter the redirect address as its callback URL.',
      'Choose its permissions, and keep the expiry of user tokens on.',
      'Install the app where it shall work, generate a client secret, and copy it with the client id.',
    ],
    scopesHint: 'Permissions are chosen on the app, not when connecting.',
    quirks: [...quirks, 'A user token ends after 8 hours, and each refresh token serves once.'],
  },
}
