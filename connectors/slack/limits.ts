import type { RateLimits } from '../../core/rate-limit.ts'

/**
 * Slack counts each method apart, and takes about one message a second for a channel, a few at once.
 * https://docs.slack.dev/apis/web-api/rate-limits
 */
export const slackLimits: RateLimits = {
  kinds: /^\/api\/([\w.]+)/,
  paces: [{ path: /^\/api\/chat\.postMessage$/, field: 'channel', gapMs: 1000, burst: 4 }],
}
