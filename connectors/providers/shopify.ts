import type { Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

/** Shopify. Each shop has its own addresses; the return is signed; tokens end after an hour when `expiring` is asked for. */
export const shopify: Provider = {
  id: 'shopify',
  name: 'Shopify',
  authorizationEndpoint: 'https://{shop}.myshopify.com/admin/oauth/authorize',
  tokenEndpoint: 'https://{shop}.myshopify.com/admin/oauth/access_token',
  // Uninstalls the app from the shop.
  revocation: {
    endpoint: 'https://{shop}.myshopify.com/admin/api_permissions/current.json',
    method: 'DELETE',
    by: 'bearer',
    body: 'none',
    token: 'access',
    ends: 'grant',
  },
  fields: [
    {
      id: 'shop',
      label: 'Shop',
      hint: 'The name of your shop as Shopify knows it, not its own domain.',
      placeholder: 'acme',
      pattern: '[a-z0-9][a-z0-9-]*',
      suffix: '.myshopify.com',
    },
  ],
  scopeParameter: 'scope',
  scopeSeparator: ',',
  impliedScopes: { write_products: ['read_products'], write_orders: ['read_orders'] },
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  signedReturn: 'shopify',
  tokenParameters: { expiring: '1' },
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'untilUsed',
  refreshIdleDays: 90,
  accountPageUrl: 'https://{shop}.myshopify.com/admin/settings/apps',
  clientPageUrl: 'https://dev.shopify.com/dashboard',
  clientSetup: {
    steps: [
      'Create an app in the developer dashboard.',
      'Enter the redirect addresses as allowed redirection URLs.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Enter the access scopes on the app’s version as well.',
    quirks: ['Shopify may insist on https addresses; then the app needs a relay.', 'Withdrawing uninstalls the app from the shop.'],
  },
  apiOrigins: ['https://{shop}.myshopify.com'],
  tokenHeader: 'X-Shopify-Access-Token',
}
