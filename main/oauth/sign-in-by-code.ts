import { AppError } from '../../core/errors.ts'
import { requestDeviceCode, type DeviceCode, type DeviceOptions } from '../../oauth/device.ts'
import type { Grant } from '../../oauth/grant.ts'

/** A sign-in by code under way: show the code, await `granted`, and `close` in any case. */
export type CodeAttempt = Omit<DeviceCode, 'granted'> & {
  /** Errors: `cancelled`, `timeout`, `unauthorized`, `unavailable`. */
  granted: Promise<Grant>
  close(): void
}

/** Starts the device flow (RFC 8628) and asks the provider until the user has decided, or `signal` or `close` ends it. */
export async function signInByCode(options: DeviceOptions): Promise<CodeAttempt> {
  const own = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal
  const cancelled = (error: unknown) => {
    throw signal.aborted ? new AppError('cancelled', `Connecting to ${options.provider.name} was cancelled.`, { cause: error }) : error
  }
  const { granted, ...code } = await requestDeviceCode({ ...options, signal }).catch(cancelled)
  const promise = granted().catch(cancelled)
  // Whoever started the attempt may be gone before it ends.
  promise.catch(() => {})
  return { ...code, granted: promise, close: () => own.abort() }
}
