import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Zendesk. Each account has its own addresses and its own clients; the lives of both tokens are asked for. */
export const zendesk: Provider = {
  id: 'zendesk',
  name: 'Zendesk',
  authorizationEndpoint: 'https://{subdomain}.zendesk.com/oauth/authorizations/new',
  tokenEndpoint: 'https://{subdomain}.zendesk.com/oauth/tokens',
  // https://developer.zendesk.com/documentation/api-basics/authentication/revoking-oauth-token: whoever has the token ends it.
  revocation: {
    endpoint: 'https://{subdomain}.zendesk.com/api/v2/oauth/tokens/current.json',
    method: 'DELETE',
    by: 'bearer',
    body: 'none',
    token: 'access',
    ends: 'unclear',
  },
  fields: [
    {
      id: 'subdomain',
      label: 'Subdomain',
      hint: 'The name in the address of your Zendesk.',
      placeholder: 'acme',
      pattern: '[a-z0-9]([a-z0-9-]*[a-z0-9])?',
      suffix: '.zendesk.com',
    },
  ],
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  impliedScopes: { read: ['tickets:read'], write: ['tickets:write'] },
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: false,
  pkce: true,
  redirect: listedPorts('localhost'),
  // Seconds: the longest that Zendesk gives, 2 days and 90 days.
  tokenParameters: { expires_in: '172800', refresh_token_expires_in: '7776000' },
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  refreshIdleDays: 90,
  clientPageUrl: 'https://www.zendesk.com/login/',
  clientSetup: {
    steps: [
      'As administrator open “Apps and integrations”, “APIs”, “OAuth clients” in the Admin Center and add one.',
      'Choose “Public” as client kind and enter the redirect addresses, one a line.',
      'Copy the identifier: that is the client id.',
    ],
    quirks: ['A client belongs to one Zendesk account: make it in the one you connect.'],
  },
  apiOrigins: ['https://{subdomain}.zendesk.com'],
}
