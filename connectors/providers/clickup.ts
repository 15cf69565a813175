import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** ClickUp. No scopes and no end of the access; the user picks workspaces. */
export const clickup: Provider = {
  id: 'clickup',
  name: 'ClickUp',
  authorizationEndpoint: 'https://app.clickup.com/api',
  tokenEndpoint: 'https://api.clickup.com/api/v2/oauth/token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'never',
  rotation: 'none',
  clientPageUrl: 'https://app.clickup.com/settings/apps',
  clientSetup: {
    steps: [
      'As owner or administrator of a workspace open “Apps” in its settings and create a new app.',
      'Enter the redirect addresses.',
      'Copy the client id and the client secret.',
    ],
    quirks: ['The access is to all of the workspaces that the user picks, and has no end.', 'It cannot be withdrawn by a program.'],
  },
  apiOrigins: ['https://api.clickup.com'],
}
