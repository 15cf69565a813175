import type { Call } from '../../core/connector.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** GitHub's own client on the connection's fetch. It holds no token: `call.fetch` adds it. */
export async function octokit(call: Call) {
  const { Octokit } = await import('@octokit/rest')
  return new Octokit({ request: { fetch: call.fetch, signal: call.signal }, log: silent })
}
