import type { Call } from '../../core/connector.ts'

/** Slack's own client on the connection's fetch. It holds no token: `call.fetch` adds it. Repeating is left to the gateway. */
export async function slack(call: Call) {
  const { WebClient, LogLevel } = await import('@slack/web-api')
  return new WebClient(undefined, {
    fetch: call.fetch,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: LogLevel.ERROR,
  })
}

export type SlackClient = Awaited<ReturnType<typeof slack>>
