import type { Provider } from '../../core/provider.ts'

/** TikTok, Login Kit for Desktop. Its own names and encodings: `client_key`, a challenge in hex, and errors behind HTTP 200. */
export const tiktok: Provider = {
  id: 'tiktok',
  name: 'TikTok',
  authorizationEndpoint: 'https://www.tiktok.com/v2/auth/authorize/',
  tokenEndpoint: 'https://open.tiktokapis.com/v2/oauth/token/',
  revocation: { endpoint: 'https://open.tiktokapis.com/v2/oauth/revoke/', by: 'client', token: 'access', ends: 'unclear' },
  scopeParameter: 'scope',
  scopeSeparator: ',',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  clientIdParameter: 'client_key',
  secretRequired: true,
  pkce: true,
  challengeEncoding: 'hex',
  redirect: { host: '127.0.0.1', path: '/callback/', ports: [], registered: ['http://127.0.0.1:*/callback/'] },
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  refreshIdleDays: 365,
  clientPageUrl: 'https://developers.tiktok.com/apps',
  clientSetup: {
    steps: [
      'Create an app with the platform “Desktop” and add the product “Login Kit”.',
      'Enter the redirect address just as it stands, with the star.',
      'Copy the client key, which is the client id, and the client secret.',
    ],
    onServer: [
      'Create an app with the platform “Web” and add the product “Login Kit”.',
      'Enter the redirect address.',
      'Copy the client key, which is the client id, and the client secret.',
    ],
    scopesHint: 'Add the scopes to the app; most of them want a review before others can connect.',
    quirks: ['TikTok for Business is another system, with other clients.'],
  },
  apiOrigins: ['https://open.tiktokapis.com'],
}
