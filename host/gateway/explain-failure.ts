import { inspect } from 'node:util'
import type { Connector } from '../../core/connector.ts'
import type { Credential } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'
import { withoutToken } from './without-token.ts'

type Circumstances = { connector: Connector; credential: Credential; scopes: readonly string[] }

/**
 * What a failed call means for the user: the connector's own explanation first, else that the provider is to blame. Where a new consent
 * helps, the error says so. No token leaves in it, not even one that the provider repeats.
 */
export function explainFailure(error: unknown, { connector, credential, scopes }: Circumstances): AppError {
  const { connectionId, accessToken } = credential
  const known =
    (error instanceof AppError ? error : connector.explain?.(error)) ??
    new AppError('unavailable', `${connector.provider.name} could not be reached or gave no sensible answer. Try again in a minute.`, {
      cause: error,
    })
  const action =
    known.action ??
    (known.code === 'unauthorized'
      ? ({ kind: 'reconnect', connectionId } as const)
      : known.code === 'needs_scopes'
        ? ({ kind: 'grant', connectionId, scopes: [...scopes] } as const)
        : undefined)
  const tellsToken = inspect(known.cause, { depth: 8, maxStringLength: null }).includes(accessToken)
  return new AppError(known.code, withoutToken(known.message, accessToken), {
    action,
    cause: tellsToken ? undefined : known.cause,
    details: known.details && withoutToken(known.details, accessToken),
  })
}
