import { z } from 'zod'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { innerAppError } from '../inner-error.ts'

const platformError = z.object({
  code: z.literal('slack_webapi_platform_error'),
  data: z.looseObject({ error: z.string(), needed: z.string().optional() }),
})
/** Slack's client hands on a body that is no JSON as the error's word. */
const isWord = (error: string) => /^[\w.:-]+$/.test(error)
const rateLimited = z.object({ code: z.literal('slack_webapi_rate_limited_error'), retryAfter: z.number() })
const httpError = z.object({ code: z.literal('slack_webapi_http_error'), statusCode: z.number() })
const requestError = z.object({ code: z.literal('slack_webapi_request_error') })

/** Slack's error words, and what each means for the person. https://docs.slack.dev/reference/methods */
const meanings: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  not_in_channel: [
    'forbidden',
    'Slack lets this account post only where it is a member. Invite the bot in that channel with /invite, then try again.',
  ],
  channel_not_found: [
    'not_found',
    'Slack has no such channel that this account can see. Check its name, or invite the bot if it is private.',
  ],
  is_archived: ['conflict', 'That Slack channel is archived. Unarchive it or choose another one.'],
  no_text: ['validation', 'The message is empty. Write some text.'],
  msg_too_long: ['validation', 'The message is too long for Slack. Keep it under 40,000 characters.'],
  message_not_found: ['not_found', 'Slack has no such message. Check the channel and the message’s time stamp.'],
  cant_update_message: ['forbidden', 'Slack lets an account change only its own messages. Choose a message that this account posted.'],
  edit_window_closed: ['conflict', 'Slack no longer allows this message to be changed. Post a new one.'],
  users_not_found: ['not_found', 'Slack has no member with that email address. Check the address.'],
  user_not_found: ['not_found', 'Slack has no such member. Check the name or address.'],
  already_reacted: ['conflict', 'This account has already reacted with that emoji.'],
  invalid_name: ['validation', 'Slack has no emoji of that name. Use a name such as thumbsup or eyes.'],
  restricted_action: ['forbidden', 'This workspace does not allow that. Ask an admin of the workspace.'],
  ratelimited: ['rate_limited', 'Slack asks to slow down. Try again in a minute.'],
  rate_limited: ['rate_limited', 'Slack asks to slow down: too many messages for this channel. Try again in a minute.'],
  ...Object.fromEntries(
    ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive', 'org_login_required'].map(error => [
      error,
      ['unauthorized', 'Slack no longer accepts this connection. Reconnect Slack.'] as const,
    ]),
  ),
  ...Object.fromEntries(
    ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'].map(error => [
      error,
      ['unavailable', 'Slack has a problem right now. Try again in a minute.'] as const,
    ]),
  ),
}

/** Turns what Slack's client throws into one sentence that says what to do. */
export function explainSlack(error: unknown): AppError | null {
  const inner = innerAppError(error)
  if (inner) return inner

  const platform = platformError.safeParse(error)
  if (platform.success && isWord(platform.data.data.error)) {
    const { error: word, needed } = platform.data.data
    if (word === 'missing_scope')
      return new AppError('needs_scopes', 'This Slack connection may not do that yet. Allow it by reconnecting Slack.', {
        cause: error,
        details: needed ? `Missing permission: ${needed}` : undefined,
      })
    const [code, message] = meanings[word] ?? ['validation', 'Slack refused this. Check the values, then try again.']
    return new AppError(code, message, { cause: error, details: `Slack: ${word}` })
  }

  const limited = rateLimited.safeParse(error)
  if (limited.success)
    return new AppError('rate_limited', `Slack asks to slow down. Try again in ${limited.data.retryAfter} seconds.`, { cause: error })

  const http = httpError.safeParse(error)
  if (http.success || platform.success || requestError.safeParse(error).success || error instanceof SyntaxError)
    return new AppError('unavailable', 'Slack could not be reached or gave no sensible answer. Try again in a minute.', {
      cause: error,
      details: http.success ? `HTTP ${http.data.statusCode}` : undefined,
    })
  return null
}
