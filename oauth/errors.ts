import * as oauth from 'oauth4webapi'
import { AppError } from '../core/errors.ts'
import type { Provider } from '../core/provider.ts'
import { NoUsableAnswer } from './answer.ts'

/** The client itself was not accepted, in the words of RFC 6749 §5.2, GitHub and Slack. */
export const clientErrors = new Set([
  'invalid_client',
  'unauthorized_client',
  'incorrect_client_credentials',
  'bad_client_secret',
  'invalid_client_id',
  'invalid_client_key',
])
const codeErrors = new Set(['invalid_grant', 'bad_verification_code', 'invalid_code', 'code_already_used', 'code_expired'])
const redirectErrors = new Set(['redirect_uri_mismatch', 'bad_redirect_uri', 'invalid_redirect_uri'])

/** Whether a provider does not know, or does not give, a scope that it was asked for. */
export const isInvalidScope = (error: unknown): boolean =>
  error instanceof AppError && error.cause instanceof oauth.AuthorizationResponseError && error.cause.error === 'invalid_scope'

const settings = { kind: 'settings', section: 'clients' } as const
const retry = { kind: 'retry' } as const

/** The provider's own words, short enough to stand behind a disclosure. */
export const wordsOf = (code: string, description?: string | null): string => (description ? `${code}: ${description}` : code).slice(0, 300)

/** An error that a token or revocation endpoint, or the way to it, ended in. Anything unknown stays as it is. */
export function explainAnswer(provider: Provider, error: unknown): unknown {
  if (error instanceof oauth.ResponseBodyError) return explainCode(provider, error.error, error.error_description, error)
  if (error instanceof NoUsableAnswer)
    return new AppError('unavailable', `${provider.name} did not answer as expected. Try again in a few minutes.`, {
      action: retry,
      details: error.message,
      cause: error,
    })
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
    return new AppError('unavailable', `${provider.name} gave an answer that Plugboard cannot use. Try again in a few minutes.`, {
      action: retry,
      details: error.message,
      cause: error,
    })
  return error
}

/** An OAuth error code, from the browser's return or from an answer. */
export function explainCode({ name }: Provider, code: string, description: string | null | undefined, cause: unknown): AppError {
  const details = wordsOf(code, description)
  if (code === 'access_denied')
    return new AppError('cancelled', `You did not give access to ${name}. Nothing was connected.`, { details, cause })
  if (code === 'temporarily_unavailable' || code === 'server_error')
    return new AppError('unavailable', `${name} is not available at the moment. Try again in a few minutes.`, {
      action: retry,
      details,
      cause,
    })
  if (clientErrors.has(code))
    return new AppError('unauthorized', `${name} does not accept the OAuth client. Check its id and secret in Settings.`, {
      action: settings,
      details,
      cause,
    })
  if (redirectErrors.has(code))
    return new AppError(
      'unauthorized',
      `${name} does not know Plugboard’s redirect address. Add the one shown in Settings to your OAuth client.`,
      { action: settings, details, cause },
    )
  if (code === 'invalid_scope')
    return new AppError(
      'unauthorized',
      `${name} does not give one of the permissions that were asked for. Check what your OAuth client may ask.`,
      { details, cause },
    )
  if (code === 'device_flow_disabled')
    return new AppError(
      'unauthorized',
      `Your OAuth client for ${name} does not allow signing in by code. Turn on its device flow, or add its secret in Settings.`,
      { action: settings, details, cause },
    )
  if (codeErrors.has(code))
    return new AppError('unauthorized', `${name} did not accept the sign-in: it was used already or took too long. Try again.`, {
      action: retry,
      details,
      cause,
    })
  return new AppError('unauthorized', `${name} refused the sign-in. Try again.`, { action: retry, details, cause })
}
