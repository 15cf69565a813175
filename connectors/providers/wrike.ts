import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Wrike. The answer names the host of the account's data centre, which is where its API is. */
export const wrike: Provider = {
  id: 'wrike',
  name: 'Wrike',
  authorizationEndpoint: 'https://login.wrike.com/oauth2/authorize/v4',
  tokenEndpoint: 'https://login.wrike.com/oauth2/token',
  scopeParameter: 'scope',
  scopeSeparator: ',',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  impliedScopes: { wsReadWrite: ['wsReadOnly'] },
  learned: { host: { member: 'host', pattern: '([a-z0-9-]+\\.)+wrike\\.com' } },
  clientPageUrl: 'https://www.wrike.com/appconsole.htm?#/api',
  clientSetup: {
    steps: ['Create an app in the App Console.', 'Enter the redirect addresses.', 'Copy the client id and the client secret.'],
    quirks: [
      'Each account lives in one of several data centres; Plugboard learns which when it connects.',
      'It is not documented whether Wrike takes http addresses on this computer. If it refuses them, it needs a relay.',
      'Access cannot be withdrawn by a program.',
    ],
  },
  apiOrigins: ['https://{host}'],
}
