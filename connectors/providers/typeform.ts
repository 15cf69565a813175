import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Typeform. A refresh token comes with the scope `offline`. */
export const typeform: Provider = {
  id: 'typeform',
  name: 'Typeform',
  authorizationEndpoint: 'https://api.typeform.com/oauth/authorize',
  tokenEndpoint: 'https://api.typeform.com/oauth/token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  lastingScopes: ['offline'],
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  // Its metadata lists S256 since 2026; a server that does not know it has to ignore it (RFC 6749 §3.1).
  pkce: true,
  redirect: listedPorts('localhost'),
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  clientPageUrl: 'https://admin.typeform.com',
  clientSetup: {
    steps: [
      'Under “Developer apps” in your organization’s settings register a new app.',
      'Enter the redirect addresses.',
      'Copy the client id and the client secret, which is shown only once.',
    ],
    quirks: ['Access cannot be withdrawn by a program.'],
  },
  apiOrigins: ['https://api.typeform.com'],
}
