/** What the product knows about an OAuth server, as data. Checked facts; `docs/providers` is made from them. */
export type Provider = {
  id: string
  name: string
  /** Addresses may hold `{field}`: the answer to one of `fields`. */
  authorizationEndpoint: string
  tokenEndpoint: string
  /** Where refresh tokens are exchanged, if not at the token endpoint. */
  refreshEndpoint?: string
  /** Sign-in by a code typed on another page (RFC 8628), used where the web flow wants a secret that the client does not have. */
  deviceAuthorizationEndpoint?: string
  revocation?: Revocation
  /** Present when the server sends `iss` in its answers (RFC 9207). */
  issuer?: string
  /** What the user has to say before the browser opens, because it is part of an address. */
  fields?: readonly ProviderField[]

  scopeParameter: 'scope' | 'user_scope'
  scopeSeparator: ' ' | ','
  /** Separator in the *answer*, where it differs (GitHub). */
  grantedScopeSeparator?: ' ' | ','
  /** What a granted scope includes, where the provider names it otherwise or leaves the smaller ones out of its answer. */
  impliedScopes?: Readonly<Record<string, readonly string[]>>
  /** What a scope was called before, for clients that are older than the name: asked for when the provider knows the new one not. */
  earlierScopes?: Readonly<Record<string, string>>
  /** Asked for with every connection, because without them the access does not last. */
  lastingScopes?: readonly string[]
  /** Sent with every authorization request, for example `access_type=offline`. */
  authorizationParameters: Readonly<Record<string, string>>

  clientAuthentication: 'none' | 'client_secret_post' | 'client_secret_basic'
  /** Needs a secret even with PKCE, confidential or not. */
  secretRequired: boolean
  /** Its clients on a computer have no secret, and one that is sent anyway is an error or goes where it must not. */
  secretRefused?: true
  pkce: boolean
  /** TikTok's challenge is the digest in hex, where RFC 7636 says base64url. */
  challengeEncoding?: 'hex'
  /** TikTok's name for `client_id`. */
  clientIdParameter?: 'client_key'
  /** Which loopback redirects the provider accepts. `ports: []` means any port. RFC 8252 §7.3 */
  redirect: LoopbackRedirect
  /** Takes https addresses only: a real account needs a relay, and `redirect` serves practice accounts alone. */
  relayOnly?: true
  /** The return from the browser carries a signature by the client's secret. */
  signedReturn?: 'shopify'

  /** How parameters go to the token endpoint, if not as a form. */
  tokenBody?: 'json'
  /** Sent with every token request, for example the life that is wished for. */
  tokenParameters?: Readonly<Record<string, string>>
  /** The scopes have to be named again with each refresh. */
  refreshNamesScopes?: true
  /** Where in the token answer the grant sits. Slack's user grant is inside `authed_user`. */
  grantAt: 'top' | 'authed_user'
  /** Where the end of the access is read when the answer does not tell it: in the token itself, a JWT. */
  expiryIn?: 'jwt'
  /** Whether a sign-in brings a refresh token. `optional`: by how the client is set up. `never`: the access has no end, or ends for good. */
  refreshToken: 'always' | 'optional' | 'never'
  /** What a refresh does to the old refresh token; see `protocols` §3. */
  rotation: 'none' | 'stable' | 'untilUsed' | 'grace' | 'strict'
  /** A refresh token that is not used for so long is dead. */
  refreshIdleDays?: number
  /** Said when a refresh token comes with an end this near: the sign that the client is only for tests. */
  shortLife?: { days: number; advice: string }
  /** Error codes beside `invalid_grant` (RFC 6749 §5.2) that end a grant for good. */
  refusals?: readonly string[]

  /** What the token answer tells of the account's own addresses, by name. */
  learned?: Readonly<Record<string, LearnedFact>>
  /** Asks the provider for what the token answer does not tell. Gives facts by name; throws AppError. */
  learn?: LearnFacts
  /** Origins of its APIs, which may hold `{field}` and learned facts. A practice account swaps each for the local emulator's. */
  apiOrigins: readonly string[]
  /** The header that carries the access token alone, where that is not `Authorization: Bearer` (Shopify). */
  tokenHeader?: string

  /** Where the user takes access back by hand, when revocation does not do it. */
  accountPageUrl?: string
  /** Where one creates an OAuth client of one's own. */
  clientPageUrl: string
  clientSetup: ClientSetup
  /** The local emulator that stands in for it: which service, and its paths where they differ. */
  practice?: {
    service: string
    authorizationPath: string
    tokenPath: string
    revocationPath?: string
  }
}

export type LoopbackRedirect = {
  host: '127.0.0.1' | 'localhost'
  path: string
  ports: readonly number[]
  /** What to enter on the provider's page, where that is not the address itself. Empty: nothing. */
  registered?: readonly string[]
}

/** How a grant is taken back. RFC 7009 where nothing else is said: POST of `token` as a form. */
export type Revocation = {
  /** `{token}` where the token is part of the address. */
  endpoint: string
  method?: 'DELETE'
  /** Who asks: the client by its id and secret, or whoever holds the token. */
  by: 'client' | 'bearer'
  /** Basic authentication here, whatever the token endpoint takes. */
  clientAuthentication?: 'client_secret_basic'
  /** Cannot be done by a client without a secret. */
  secretRequired?: true
  body?: 'json' | 'none'
  tokenParameter?: string
  /** Sent along: the parameter's name, and the learned fact that is its value. */
  parameters?: Readonly<Record<string, string>>
  token: 'refresh' | 'access' | 'both'
  /** Whether the app's access is over with it. `token`: the app stays authorized or installed, and only its token is void. */
  ends: 'grant' | 'token' | 'unclear'
}

export type ProviderField = {
  id: string
  label: string
  hint: string
  placeholder: string
  /** Regular expression for the whole answer, in small letters. It decides where a browser and a code may be sent. */
  pattern: string
  suffix?: string
  default?: string
}

/** A member of the token answer, with the only form it may have: it decides where a token may be sent. */
export type LearnedFact = { member: string; pattern: string }

/** `ask` gives the JSON of one GET to an `https` address with the fresh token. */
export type LearnFacts = (
  ask: (url: string, scheme?: 'Bearer' | 'OAuth') => Promise<unknown>,
  answers: Readonly<Record<string, string>>,
) => Promise<Record<string, string>>

export type ClientSetup = {
  /** How to create a client, in order, each a sentence. The redirect addresses stand beside it. */
  steps: readonly string[]
  /** The same for the client of a relay, where that is another kind. The relay’s redirect address stands beside it. */
  onServer?: readonly string[]
  /** What to allow the client, where the provider wants that on its own page. */
  scopesHint?: string
  /** What is peculiar about this provider and matters to whoever connects it. */
  quirks?: readonly string[]
}
