import type { Provider } from '../../core/provider.ts'

/**
 * GitHub, OAuth app. The web flow wants the secret even with PKCE; the answer lists scopes with commas. Its revocation is no RFC 7009
 * endpoint (a DELETE that needs the client's secret), so people take access back on their account page.
 */
export const github: Provider = {
  id: 'github',
  name: 'GitHub',
  authorizationEndpoint: 'https://github.com/login/oauth/authorize',
  tokenEndpoint: 'https://github.com/login/oauth/access_token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  grantedScopeSeparator: ',',
  // https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps: the answer leaves out what a wider one includes.
  impliedScopes: { repo: ['public_repo'], user: ['read:user', 'user:email'] },
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: true,
  redirect: { host: '127.0.0.1', path: '/callback', ports: [] },
  grantAt: 'top',
  // Only where the app turned expiry on; then a refresh token serves once.
  rotation: 'strict',
  accountPageUrl: 'https://github.com/settings/applications',
  clientPageUrl: 'https://github.com/settings/developers',
  apiOrigins: ['https://api.github.com'],
  practice: { service: 'github', authorizationPath: '/login/oauth/authorize', tokenPath: '/login/oauth/access_token' },
}
