import type { Call } from '../../core/connector.ts'
import { sensibleAnswers } from '../sensible-answers.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** GitHub's own client on the connection's fetch. It holds no token: `call.fetch` adds it. */
export async function octokit(call: Call) {
  const { Octokit } = await import('@octokit/rest')
  return new Octokit({ request: { fetch: sensibleAnswers(call.fetch, 'GitHub'), signal: call.signal }, log: silent })
}
