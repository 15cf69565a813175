import type { Connector } from '../../core/connector.ts'
import type { Credential } from '../../core/contract/credentials.ts'
import { AppError, type ErrorAction } from '../../core/errors.ts'
import { maskText } from '../flows/mask.ts'

type Circumstances = {
  connector: Connector
  credential: Credential
  /** What the action needs, to be asked for when the provider says that something is missing. */
  scopes: readonly string[]
  isCancelled: boolean
  isTimeout: boolean
}

/** What a failed call means for the user: the connector's own explanation first, else who is to blame. Tokens never leave in a message. */
export function explainFailure(error: unknown, { connector, credential, scopes, isCancelled, isTimeout }: Circumstances): AppError {
  const provider = connector.provider.name
  if (isCancelled) return new AppError('cancelled', 'Cancelled.', { cause: error })
  if (isTimeout) return new AppError('timeout', `${provider} did not answer in time. Try again.`, { cause: error })
  const known = error instanceof AppError ? error : (connector.explain?.(error) ?? null)
  if (!known)
    return new AppError('unavailable', `${provider} could not be reached or gave no sensible answer. Try again in a minute.`, {
      cause: error,
    })
  const { code, message, details, cause } = known
  const hide = (text: string) => maskText(text.replaceAll(credential.accessToken, '••••••'))
  return new AppError(code, hide(message), {
    cause,
    details: details && hide(details),
    action: known.action ?? remedy(code, credential.connectionId, scopes),
  })
}

function remedy(code: AppError['code'], connectionId: string, scopes: readonly string[]): ErrorAction | undefined {
  if (code === 'unauthorized') return { kind: 'reconnect', connectionId }
  if (code === 'needs_scopes') return { kind: 'grant', connectionId, scopes: [...scopes] }
  return undefined
}
