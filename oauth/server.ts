import * as oauth from 'oauth4webapi'
import type { Provider } from '../core/provider.ts'

/** Where an authorization server is reached: the provider's own, or a practice account's emulator. */
export type OAuthServer = {
  authorizationEndpoint: string
  tokenEndpoint: string
  revocationEndpoint?: string
  /** Set where the server names itself in its answers (RFC 9207). */
  issuer?: string
}

/** Plugboard as an authorization server knows it. */
export type OAuthClient = { clientId: string; clientSecret?: string }

/** One party of the protocol, with the facts about it: what every request needs. */
export type Party = { provider: Provider; server: OAuthServer; client: OAuthClient }

/** The provider's own server. */
export function serverOf({ authorizationEndpoint, tokenEndpoint, revocationEndpoint, issuer }: Provider): OAuthServer {
  return { authorizationEndpoint, tokenEndpoint, revocationEndpoint, issuer }
}

/** The metadata of RFC 8414 that oauth4webapi works with. Without an issuer the token endpoint stands for it: it is compared with nothing. */
export function metadataOf({ tokenEndpoint, authorizationEndpoint, revocationEndpoint, issuer }: OAuthServer): oauth.AuthorizationServer {
  return {
    issuer: issuer ?? tokenEndpoint,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    ...(revocationEndpoint && { revocation_endpoint: revocationEndpoint }),
    authorization_response_iss_parameter_supported: issuer !== undefined,
  }
}

/** RFC 6749 §2.3. A public client that was given a secret after all sends it in the body. */
export function authenticationOf({ provider, client }: Party): oauth.ClientAuth {
  if (!client.clientSecret) return oauth.None()
  return provider.clientAuthentication === 'client_secret_basic'
    ? oauth.ClientSecretBasic(client.clientSecret)
    : oauth.ClientSecretPost(client.clientSecret)
}

/** Plain http is for this computer alone. */
export function mayBeInsecure(endpoint: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(endpoint).hostname)
}
