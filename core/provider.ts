/** What the product knows about an OAuth server, as data. Checked facts; see `docs/connectors` for where they come from. */
export type Provider = {
  id: string
  name: string
  authorizationEndpoint: string
  tokenEndpoint: string
  revocationEndpoint?: string
  /** Present when the server sends `iss` in its answers (RFC 9207). */
  issuer?: string
  /** Slack's user tokens are asked for by another parameter. */
  scopeParameter: 'scope' | 'user_scope'
  scopeSeparator: ' ' | ','
  /** Separator in the *answer*, where it differs (GitHub). */
  grantedScopeSeparator?: ' ' | ','
  /** What a granted scope includes, where the provider names it otherwise or leaves the smaller ones out of its answer. */
  impliedScopes?: Readonly<Record<string, readonly string[]>>
  /** Sent with every authorization request, for example `access_type=offline`. */
  authorizationParameters: Readonly<Record<string, string>>
  clientAuthentication: 'none' | 'client_secret_post' | 'client_secret_basic'
  /** Needs a secret even with PKCE, confidential or not. */
  secretRequired: boolean
  pkce: boolean
  /** Which loopback redirects the provider accepts. `ports: []` means any port. RFC 8252 §7.3 */
  redirect: { host: '127.0.0.1' | 'localhost'; path: string; ports: readonly number[] }
  /** Where in the token answer the grant sits. Slack's user grant is inside `authed_user`. */
  grantAt: 'top' | 'authed_user'
  /** What a refresh does to the old refresh token; see `protocols` §3. */
  rotation: 'none' | 'stable' | 'untilUsed' | 'grace' | 'strict'
  /** Where the user takes access back by hand, when revocation does not do it. */
  accountPageUrl?: string
  /** Where one creates an OAuth client of one's own. */
  clientPageUrl: string
  /** Origins of its APIs. A practice account swaps each for the local emulator's. */
  apiOrigins: readonly string[]
  /** The local emulator that stands in for it: which service, and its paths where they differ. */
  practice?: {
    service: string
    authorizationPath: string
    tokenPath: string
    revocationPath?: string
  }
}
