import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { innerAppError } from '../inner-error.ts'

const failure = z.looseObject({
  name: z.literal('HttpError'),
  status: z.number(),
  message: z.string(),
  response: z
    .looseObject({
      headers: z.record(z.string(), z.unknown()).default({}),
      data: z.looseObject({ message: z.string().optional() }).catch({}),
    })
    .optional(),
})

/** Turns what GitHub's client throws into one sentence that says what to do. */
export function explainGitHub(error: unknown): AppError | null {
  const inner = innerAppError(error)
  if (inner) return inner
  const read = failure.safeParse(error)
  if (!read.success)
    return error instanceof TypeError || error instanceof SyntaxError
      ? new AppError('unavailable', 'GitHub could not be reached or gave no sensible answer. Try again in a minute.', { cause: error })
      : null

  const { status, message, response } = read.data
  const said = response?.data.message ?? message
  const say = (code: ConstructorParameters<typeof AppError>[0], sentence: string) =>
    new AppError(code, sentence, { cause: error, details: `GitHub: ${said}` })
  const limited = response?.headers['x-ratelimit-remaining'] === '0' || response?.headers['retry-after'] !== undefined
  const sso = typeof response?.headers['x-github-sso'] === 'string'

  if (status === 401) return say('unauthorized', 'GitHub no longer accepts this connection. Reconnect GitHub.')
  if (status === 429 || (status === 403 && (limited || /rate limit/i.test(said))))
    return say('rate_limited', 'GitHub asks to slow down. Try again in a few minutes.')
  if (status === 403 && sso)
    return say('forbidden', 'This organisation asks for single sign-on. Open GitHub, authorise Plugboard for it, then try again.')
  if (status === 403) return say('forbidden', 'This GitHub account may not do that. Ask the owner of the repository for access.')
  if (status === 404)
    return say('not_found', 'GitHub has no such repository, issue or file that this account can see. Check the name, as in owner/name.')
  if (status === 410) return say('conflict', 'Issues are switched off in this repository. Turn them on in its settings.')
  if (status === 409) return say('conflict', 'GitHub says that this was changed meanwhile. Read it again, then try again.')
  if (status === 400 || status === 422) return say('validation', 'GitHub refused these values. Check them, then try again.')
  if (status >= 500) return say('unavailable', 'GitHub has a problem right now. Try again in a minute.')
  return null
}
