import { AppError, type ErrorCode } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Limit, Limits } from '../limits.ts'
import type { Hooks, LiveHook } from './hooks.ts'
import type { Inbox } from './inbox.ts'
import type { Refusals } from './refusals.ts'
import { readDelivery } from './read-delivery.ts'
import { challenges, greetings } from './schemes.ts'
import { verify, type HookRequest } from './verify.ts'

/** What one hook takes: ten a second on average. */
export const flood: Limit = { name: 'hook', most: 600, windowMs: 60_000 }
/** What one address may send to one hook without its secret. Counted apart: who has no secret keeps nobody out who has it. */
export const guesses: Limit = { name: 'hook-refused', most: 30, windowMs: 60_000 }

/** `address`: whom it comes from, as far as that can be known. */
export type Arrival = HookRequest & { appId: string; name: string; query: Record<string, string>; address: string | null }

/** `text` is what the sender has asked for. */
export type Answer = { status: 200; text: string | null } | { status: 410; text: string }

type Ground = {
  hooks: Hooks
  inbox: Pick<Inbox, 'take'>
  limits: Limits
  refusals: Pick<Refusals, 'note'>
  report: (error: AppError) => void
  now: () => number
}

/** Refusals that whoever set up the sender can do something about. */
const told: readonly ErrorCode[] = ['not_found', 'unauthorized', 'validation', 'rate_limited']

export type Receive = (arrival: Arrival) => Promise<Answer>

/**
 * Takes a request to a hook: a genuine one is on disk when this resolves. The same delivery again gets the same answer. Errors:
 * `not_found`, `unauthorized`, `validation`, `rate_limited`, and `unavailable` where its secret was never entered.
 */
export function createReceive({ hooks, inbox, limits, refusals, report, now }: Ground): Receive {
  return async arrival => {
    const { appId, name } = arrival
    const hook = await hooks.find(appId, name)
    // 410 tells senders to stop, 404 that they may have the wrong address.
    if (!hook && (await hooks.wasThere(appId, name)))
      return { status: 410, text: 'This web address is not used any more. Nothing takes requests here.' }
    if (!hook) throw new AppError('not_found', 'There is no such web address in this app. Check it where the app is published.')
    try {
      return await takeFor(hook, arrival)
    } catch (error) {
      // A database that is away has refused nobody.
      const { code, message } = AppError.from(error)
      if (told.includes(code)) await refusals.note(hook, message).catch((cause: unknown) => report(AppError.from(cause)))
      throw error
    }
  }

  async function takeFor(hook: LiveHook, { appId, name, address, query, ...request }: Arrival): Promise<Answer> {
    if (!hook.isActive) throw new AppError('not_found', `“${hook.title}” is switched off, so nothing takes requests at this address.`)
    if (hook.secret === null)
      throw new AppError(
        'unavailable',
        'The secret of this address has not been entered on the relay yet. Whoever publishes the app can do it.',
      )

    const proof = verify({ ...hook, secret: hook.secret }, request, now())
    if (!proof.genuine) {
      await limits.take(guesses, `${appId}/${name} ${address ?? ''}`)
      throw new AppError('unauthorized', proof.reason)
    }
    await limits.take(flood, `${appId}/${name}`)
    const delivery = readDelivery({ ...hook, ...request, query, signature: proof.signature, at: now() })
    const asked = challengeIn(hook, delivery.data)
    if (asked === null && !isGreeting(hook, request.headers)) await inbox.take(hook, delivery)
    return { status: 200, text: asked }
  }
}

function challengeIn({ source }: LiveHook, data: Json): string | null {
  const challenge = challenges[source]
  if (!challenge || typeof data !== 'object' || data === null || Array.isArray(data) || data[challenge.member] !== challenge.value)
    return null
  const answer = data[challenge.answer]
  return typeof answer === 'string' ? answer.slice(0, 1000) : null
}

function isGreeting({ source }: LiveHook, headers: Headers): boolean {
  const greeting = greetings[source]
  return greeting !== undefined && headers.get(greeting.header) === greeting.value
}
