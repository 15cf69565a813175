import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import { hookDeliveries, hookDetails, hookList, hookSample, hookSecret, type HookSample } from '../../core/contract/hooks.ts'
import type { webhooksContract } from '../../core/contract/webhooks.ts'
import { jsonBody, readAnswer, sendRequest, type RelayRequest } from '../relay/answers.ts'

type Inputs = InferContractRouterInputs<typeof webhooksContract>
type Outputs = InferContractRouterOutputs<typeof webhooksContract>

export type Webhooks = { [Name in keyof Inputs]: (input: Inputs[Name]) => Promise<Outputs[Name]> }

/** Asks the relay about hooks as whoever is signed in there. `relayIdOf`: the id by which it knows an app. What procedures take and give: core/contract/webhooks.ts. */
export function createWebhooks(request: RelayRequest, relayIdOf: (appId: string) => Promise<string>): Webhooks {
  const hooksOf = async (appId: string) => `/api/relay/apps/${await relayIdOf(appId)}/hooks` as const
  const pathOf = async ({ appId, name }: { appId: string; name: string }, what: string) =>
    `${await hooksOf(appId)}/${name}/${what}` as const

  return {
    async find({ appId, flow }) {
      const hooks = await readAnswer(hookList, await sendRequest(request, await hooksOf(appId)))
      return hooks.find(hook => hook.flow === flow) ?? null
    },
    deliveries: async hook => readAnswer(hookDeliveries, await sendRequest(request, await pathOf(hook, 'deliveries'))),
    secret: async hook => readAnswer(hookSecret, await sendRequest(request, await pathOf(hook, 'secret'))),
    changeSecret: async ({ secret, ...hook }) =>
      readAnswer(hookDetails, await sendRequest(request, await pathOf(hook, 'secret'), jsonBody({ secret }))),
    async testCommand({ body, ...hook }) {
      const text = JSON.stringify(body)
      const sample = await readAnswer(hookSample, await sendRequest(request, await pathOf(hook, 'sample'), jsonBody({ body: text })))
      return { command: curlCommand(sample, text) }
    },
  }
}

/** Each word quoted for a POSIX shell. */
export function curlCommand({ url, headers }: HookSample, body: string): string {
  const lines = [`curl -i ${quoted(url)}`, ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)]
  return [...lines, `--data-raw ${quoted(body)}`].join(' \\\n  ')
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
