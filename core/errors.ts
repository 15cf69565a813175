export const errorCodes = [
  'validation',
  'not_found',
  'unauthorized',
  'forbidden',
  'conflict',
  'needs_connection',
  'needs_scopes',
  'rate_limited',
  'unavailable',
  'timeout',
  'cancelled',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What the user can do about an error: the one button shown beside the sentence. */
export type ErrorAction =
  | { kind: 'connect'; connector: string }
  | { kind: 'reconnect'; connectionId: string }
  | { kind: 'grant'; connectionId: string; scopes: string[] }
  | { kind: 'retry' }
  | { kind: 'open'; path: string; line?: number }
  | { kind: 'unlock' }
  | { kind: 'settings'; section: string }

export type ErrorShape = { code: ErrorCode; message: string; action?: ErrorAction; details?: string; retryAfterMs?: number }

/** The one error that crosses a boundary. `message` is one sentence for the user; `details` stands behind a disclosure. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly action: ErrorAction | undefined
  readonly details: string | undefined
  /** With `rate_limited`: after how many milliseconds the service lets us go on, where that is known. */
  readonly retryAfterMs: number | undefined
  /** True when it is certain that nothing came of what was asked for. Not told across a boundary. */
  readonly nothingDone: boolean

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; action?: ErrorAction; details?: string; retryAfterMs?: number; nothingDone?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.action = options.action
    this.details = options.details
    this.retryAfterMs = options.retryAfterMs
    this.nothingDone = options.nothingDone ?? false
  }

  /** Anything that is not an AppError is a bug: it becomes `internal` with a neutral sentence, and the cause goes to the log. */
  static from(error: unknown): AppError {
    if (error instanceof AppError) return error
    if (error instanceof Error && error.name === 'AbortError') return new AppError('cancelled', 'Cancelled.', { cause: error })
    return new AppError('internal', 'Something went wrong inside Plugboard. Try again.', { cause: error })
  }

  static fromShape(shape: ErrorShape): AppError {
    const { code, message, ...rest } = shape
    return new AppError(code, message, rest)
  }

  toJSON(): ErrorShape {
    const { code, message, action, details, retryAfterMs } = this
    return { code, message, ...(action && { action }), ...(details && { details }), ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
}

export const isErrorCode = (code: unknown): code is ErrorCode => errorCodes.some(known => known === code)
