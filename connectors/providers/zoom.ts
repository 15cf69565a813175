import type { Provider } from '../../core/provider.ts'
import { anyPort } from './loopback.ts'

/** Zoom. PKCE as well as the secret; the port of http://127.0.0.1 is ignored. */
export const zoom: Provider = {
  id: 'zoom',
  name: 'Zoom',
  authorizationEndpoint: 'https://zoom.us/oauth/authorize',
  tokenEndpoint: 'https://zoom.us/oauth/token',
  revocation: { endpoint: 'https://zoom.us/oauth/revoke', by: 'client', token: 'access', ends: 'unclear' },
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_basic',
  secretRequired: true,
  pkce: true,
  redirect: anyPort('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  refreshIdleDays: 90,
  earlierScopes: {
    'meeting:read:meeting': 'meeting:read',
    'meeting:read:list_meetings': 'meeting:read',
    'meeting:write:meeting': 'meeting:write',
    'user:read:user': 'user:read',
    'cloud_recording:read:list_user_recordings': 'recording:read',
  },
  accountPageUrl: 'https://marketplace.zoom.us/user/installed',
  clientPageUrl: 'https://marketplace.zoom.us/develop/create',
  clientSetup: {
    steps: [
      'Create a “General App” that is managed by the user.',
      'Enter the redirect address and add it to the allow list.',
      'Copy the client id and the client secret of the development or production tab.',
    ],
    scopesHint: 'Add the scopes to the app: Zoom gives no other.',
    quirks: ['An app that is not published works only inside your own Zoom account.'],
  },
  apiOrigins: ['https://api.zoom.us'],
}
