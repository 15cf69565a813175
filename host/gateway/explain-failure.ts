import { inspect } from 'node:util'
import type { Connector } from '../../core/connector.ts'
import type { Credential } from '../../core/contract/credentials.ts'
import { AppError, type ErrorAction } from '../../core/errors.ts'
import { maskSecrets, withoutValues } from '../../core/secrets.ts'

type Circumstances = {
  connector: Connector
  credential: Credential
  /** What the action needs, to be asked for when the provider says that something is missing. */
  scopes: readonly string[]
}

/**
 * What a failed call means for the user: the connector's own explanation first, else that the provider is to blame. Where a new consent
 * helps, the error says so. No token leaves in it, not even one that the provider repeats.
 */
export function explainFailure(error: unknown, { connector, credential, scopes }: Circumstances): AppError {
  const { connectionId, accessToken } = credential
  const { code, message, details, action, cause, retryAfterMs } =
    (error instanceof AppError ? error : connector.explain?.(error)) ??
    new AppError('unavailable', `${connector.provider.name} could not be reached or gave no sensible answer. Try again in a minute.`, {
      cause: error,
    })
  const tellsToken = inspect(cause, { depth: 8, maxStringLength: null }).includes(accessToken)
  const safe = (text: string) => maskSecrets(withoutValues(text, [accessToken]))
  return new AppError(code, safe(message), {
    action: action ?? remedy(code, connectionId, scopes),
    cause: tellsToken ? undefined : cause,
    details: details && safe(details),
    retryAfterMs,
  })
}

function remedy(code: AppError['code'], connectionId: string, scopes: readonly string[]): ErrorAction | undefined {
  if (code === 'unauthorized') return { kind: 'reconnect', connectionId }
  if (code === 'needs_scopes') return { kind: 'grant', connectionId, scopes: [...scopes] }
  return undefined
}
