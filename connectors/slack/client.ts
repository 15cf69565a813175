import type { Call } from '../../core/connector.ts'
import { noWebPage } from '../no-web-page.ts'

/** Slack's own client on the connection's fetch. It holds no token: `call.fetch` adds it. Repeating is left to the gateway. */
export async function slack(call: Call) {
  const { WebClient, LogLevel } = await import('@slack/web-api')
  const send = noWebPage(call.fetch, 'Slack')
  return new WebClient(undefined, {
    fetch: (url, init) => send(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, call.signal]) : call.signal }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
  })
}

export type SlackClient = Awaited<ReturnType<typeof slack>>
