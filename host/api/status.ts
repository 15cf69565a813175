import type { AppError, ErrorCode } from '../../core/errors.ts'

const statuses = {
  validation: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  needs_connection: 424,
  needs_scopes: 424,
  rate_limited: 429,
  internal: 500,
  cancelled: 503,
  unavailable: 503,
  timeout: 504,
} as const satisfies Record<ErrorCode, number>

/**
 * The HTTP status of an error. 401 is for the caller's own token alone: an account of the app that a provider no longer accepts is 424,
 * “Failed Dependency” (RFC 4918 §11.4), so that no client signs its user out for it.
 */
export function statusOf({ code, action }: AppError): (typeof statuses)[ErrorCode] {
  return action?.kind === 'reconnect' ? 424 : statuses[code]
}
