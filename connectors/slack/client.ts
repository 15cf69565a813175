import type { Call } from '../../core/connector.ts'
import { sensibleAnswers } from '../sensible-answers.ts'

/** Slack's own client on the connection's fetch. It holds no token: `call.fetch` adds it. Repeating is left to the gateway. */
export async function slack(call: Call) {
  const { WebClient, LogLevel } = await import('@slack/web-api')
  const send = sensibleAnswers(call.fetch, 'Slack', { isAnswer: answer => 'ok' in answer && typeof answer.ok === 'boolean' })
  return new WebClient(undefined, {
    fetch: (url, init) => send(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, call.signal]) : call.signal }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
  })
}

export type SlackClient = Awaited<ReturnType<typeof slack>>
