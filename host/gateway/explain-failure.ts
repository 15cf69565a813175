import type { Connector } from '../../core/connector.ts'
import type { Credential } from '../../core/contract/credentials.ts'
import { AppError } from '../../core/errors.ts'

type Circumstances = { connector: Connector; credential: Credential; isCancelled: boolean; isTimeout: boolean }

/** What a failed call means for the user: the connector's own explanation first, else who is to blame. Tokens never leave in a message. */
export function explainFailure(error: unknown, { connector, credential, isCancelled, isTimeout }: Circumstances): AppError {
  const provider = connector.provider.name
  if (isCancelled) return new AppError('cancelled', 'Cancelled.', { cause: error })
  if (isTimeout) return new AppError('timeout', `${provider} did not answer within 30 seconds. Try again.`, { cause: error })
  const known = error instanceof AppError ? error : (connector.explain?.(error) ?? null)
  if (!known)
    return new AppError('unavailable', `${provider} could not be reached or gave no sensible answer. Try again in a minute.`, {
      cause: error,
    })
  if (known.code === 'unauthorized' && !known.action)
    return new AppError('unauthorized', known.message, {
      cause: known.cause,
      details: known.details,
      action: { kind: 'reconnect', connectionId: credential.connectionId },
    })
  if (known.code === 'needs_scopes' && !known.action)
    return new AppError('needs_scopes', known.message, {
      cause: known.cause,
      details: known.details,
      action: { kind: 'grant', connectionId: credential.connectionId, scopes: [] },
    })
  return known
}
