import * as oauth from 'oauth4webapi'
import { fillIn, type Facts } from '../core/addresses.ts'
import type { Provider } from '../core/provider.ts'

/** Where an authorization server is reached: the provider's own, or a practice account's emulator. */
export type OAuthServer = {
  authorizationEndpoint: string
  tokenEndpoint: string
  /** Where it is not the token endpoint. */
  refreshEndpoint?: string
  deviceAuthorizationEndpoint?: string
  revocationEndpoint?: string
  /** Set where the server names itself in its answers (RFC 9207). */
  issuer?: string
}

/** Plugboard as an authorization server knows it. */
export type OAuthClient = { clientId: string; clientSecret?: string }

/** One party of the protocol, with the facts about it: what every request needs. */
export type Party = { provider: Provider; server: OAuthServer; client: OAuthClient; facts?: Facts }

/** The provider's own server. `facts` fill the fields in its addresses. */
export function serverOf(provider: Provider, facts: Facts = {}): OAuthServer {
  const { authorizationEndpoint, tokenEndpoint, refreshEndpoint, deviceAuthorizationEndpoint, revocation, issuer } = provider
  return {
    authorizationEndpoint: fillIn(authorizationEndpoint, facts),
    tokenEndpoint: fillIn(tokenEndpoint, facts),
    ...(refreshEndpoint && { refreshEndpoint: fillIn(refreshEndpoint, facts) }),
    ...(deviceAuthorizationEndpoint && { deviceAuthorizationEndpoint: fillIn(deviceAuthorizationEndpoint, facts) }),
    ...(revocation && { revocationEndpoint: fillIn(revocation.endpoint, facts) }),
    issuer,
  }
}

/** The metadata of RFC 8414 that oauth4webapi works with. Without an issuer the token endpoint stands for it: it is compared with nothing. */
export function metadataOf({
  tokenEndpoint,
  authorizationEndpoint,
  deviceAuthorizationEndpoint,
  issuer,
}: OAuthServer): oauth.AuthorizationServer {
  return {
    issuer: issuer ?? tokenEndpoint,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    ...(deviceAuthorizationEndpoint && { device_authorization_endpoint: deviceAuthorizationEndpoint }),
    authorization_response_iss_parameter_supported: issuer !== undefined,
  }
}

/** RFC 6749 §2.3. A public client that was given a secret after all sends it in the body. */
export function authenticationOf({ provider, client }: Party, method = provider.clientAuthentication): oauth.ClientAuth {
  if (!client.clientSecret) return oauth.None()
  return method === 'client_secret_basic' ? basic(client.clientSecret) : oauth.ClientSecretPost(client.clientSecret)
}

/**
 * RFC 6749 §2.3.1, encoding no more than the form encoding has to: oauth4webapi's own also encodes `-`, `_` and `.`, which are in most ids, and
 * Notion, Zoom, Figma and others compare them undecoded.
 */
const basic =
  (clientSecret: string): oauth.ClientAuth =>
  (_server, { client_id: clientId }, _body, headers) =>
    headers.set('authorization', `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`)

const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/** Whether one signs in by a code typed on another page: where the web flow would want a secret that this client does not have. RFC 8628 */
export const usesDeviceCode = ({ provider, server, client }: Party): boolean =>
  server.deviceAuthorizationEndpoint !== undefined && provider.secretRequired && !client.clientSecret

/** What is asked for: the scopes that are needed, and those without which the access would not last. */
export const askedScopes = ({ scopeSeparator, lastingScopes = [] }: Provider, scopes: readonly string[]): string =>
  [...new Set([...scopes, ...lastingScopes])].join(scopeSeparator)

/** Plain http is for this computer alone. */
export function mayBeInsecure(endpoint: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(endpoint).hostname)
}
