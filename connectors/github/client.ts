import type { Call } from '../../core/connector.ts'
import { noWebPage } from '../no-web-page.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** GitHub's own client on the connection's fetch. It holds no token: `call.fetch` adds it. */
export async function octokit(call: Call) {
  const { Octokit } = await import('@octokit/rest')
  return new Octokit({ request: { fetch: noWebPage(call.fetch, 'GitHub'), signal: call.signal }, log: silent })
}
