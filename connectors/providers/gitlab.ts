import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/**
 * GitLab, on gitlab.com or a server of one's own. Since anyone may run such a server, a secret is never sent: the application is
 * registered as not confidential.
 */
export const gitlab: Provider = {
  id: 'gitlab',
  name: 'GitLab',
  authorizationEndpoint: 'https://{host}/oauth/authorize',
  tokenEndpoint: 'https://{host}/oauth/token',
  revocation: { endpoint: 'https://{host}/oauth/revoke', by: 'client', token: 'both', ends: 'token' },
  fields: [
    {
      id: 'host',
      label: 'GitLab server',
      hint: 'Leave it empty for gitlab.com. Your OAuth client must have been made on the same server.',
      placeholder: 'gitlab.com',
      // A public name: neither an address in numbers nor a name of this computer or its network.
      pattern: '(?!.*\\.(local|localhost|internal|lan|home|arpa)$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}',
      default: 'gitlab.com',
    },
  ],
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'none',
  secretRequired: false,
  secretRefused: true,
  pkce: true,
  redirect: listedPorts('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  impliedScopes: { api: ['read_api', 'read_user', 'read_repository', 'write_repository'], read_api: ['read_user', 'read_repository'] },
  accountPageUrl: 'https://{host}/-/user_settings/applications',
  clientPageUrl: 'https://gitlab.com/-/user_settings/applications',
  clientSetup: {
    steps: [
      'Add a new application under “Applications” in your user settings, on the server you use.',
      'Enter the redirect addresses, one a line, and untick “Confidential”.',
      'Tick the scopes and copy the application id.',
    ],
    scopesHint: 'Tick at least read_user, and api where something is changed.',
    quirks: [
      'Refreshing ends the old access token at once, not only the old refresh token.',
      'Withdrawing ends the token; the application stays listed in your user settings.',
    ],
  },
  apiOrigins: ['https://{host}'],
}
