import type { Provider } from '../../core/provider.ts'

/**
 * Google, desktop client type. The secret must be sent although Google itself does not count it as confidential; any loopback port
 * is accepted. A refresh token comes only with `access_type=offline`, and again only with `prompt=consent`.
 */
export const google: Provider = {
  id: 'google',
  name: 'Google',
  authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenEndpoint: 'https://oauth2.googleapis.com/token',
  revocationEndpoint: 'https://oauth2.googleapis.com/revoke',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: { access_type: 'offline', prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: true,
  redirect: { host: '127.0.0.1', path: '/callback', ports: [] },
  grantAt: 'top',
  rotation: 'stable',
  impliedScopes: { 'https://www.googleapis.com/auth/userinfo.email': ['email'] },
  accountPageUrl: 'https://myaccount.google.com/connections',
  clientPageUrl: 'https://console.cloud.google.com/apis/credentials',
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
