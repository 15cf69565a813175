import type { Provider } from '../../core/provider.ts'
import { anyPort } from './loopback.ts'

/**
 * Microsoft, Entra ID v2. A public client: the redirect is registered under “Mobile and desktop applications”, where the port of
 * `http://localhost` is ignored and a secret is an error. Refreshing gives a sibling; the older token goes on working.
 */
export const microsoft: Provider = {
  id: 'microsoft',
  name: 'Microsoft',
  authorizationEndpoint: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
  tokenEndpoint: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
  fields: [
    {
      id: 'tenant',
      label: 'Directory',
      hint: 'Leave it empty unless your organization gave you the id or domain of its directory.',
      placeholder: 'common',
      pattern: '(common|organizations|consumers|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(\\.[a-z0-9-]+)+)',
      default: 'common',
    },
  ],
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  lastingScopes: ['offline_access'],
  authorizationParameters: { response_mode: 'query', prompt: 'select_account' },
  clientAuthentication: 'none',
  secretRequired: false,
  secretRefused: true,
  pkce: true,
  redirect: anyPort('localhost'),
  refreshNamesScopes: true,
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'grace',
  refreshIdleDays: 90,
  refusals: ['interaction_required'],
  accountPageUrl: 'https://myapps.microsoft.com',
  clientPageUrl: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  clientSetup: {
    steps: [
      'Register a new application and choose which accounts may sign in.',
      'Under “Authentication” add the platform “Mobile and desktop applications” with the redirect address.',
      'Allow public client flows, and copy the application (client) id. Make no secret.',
    ],
    onServer: [
      'Register a new application and choose which accounts may sign in.',
      'Under “Authentication” add the platform “Web” with the redirect address.',
      'Under “Certificates & secrets” make a client secret; copy its value and the application (client) id.',
    ],
    scopesHint: 'Under “API permissions” add the delegated permissions of Microsoft Graph that Plugboard asks for.',
    quirks: [
      'Some permissions need the consent of an administrator of the organization.',
      'There is no way to withdraw access by a program: it is ended at myapps.microsoft.com, or for personal accounts at account.live.com/consent/Manage.',
    ],
  },
  apiOrigins: ['https://graph.microsoft.com'],
}
