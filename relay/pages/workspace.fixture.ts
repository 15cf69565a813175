import { custodyAnswer, type CustodyRequest } from '../../core/custody/messages.ts'
import { relayInfo, type Role } from '../../core/contract/relay.ts'
import { startProvider } from '../../tokens/provider.fixture.ts'
import { handOver } from '../custody/offering.fixture.ts'
import { all, makeRelease, sendNow, startPublishing } from '../releases/releases.fixture.ts'
import { joinAs, type Browser, type Teardown, type TestRelayOptions } from '../relay.fixture.ts'

const entity = (...fields: string[]) =>
  JSON.stringify({ name: 'Ticket', type: 'object', properties: Object.fromEntries(fields.map(name => [name, { type: 'string' }])) })

const flow = (name: string, task: unknown) =>
  JSON.stringify({
    name,
    is_active: true,
    trigger: { config: { trigger_type: 'entity', entity_name: 'Ticket', events: ['create'] } },
    definition: { document: { dsl: '1.0.0', namespace: 'desk', name: 'x', version: '1.0' }, do: [{ first: task }] },
  })

/** Two versions of an app: the second has one field and one flow more. */
const versions: { title: string; files: Record<string, string> }[] = [
  { title: 'First version', files: { 'entities/Ticket.jsonc': entity('title'), 'workflows/nap.jsonc': flow('Nap', { wait: 'PT0.01S' }) } },
  {
    title: 'Regions',
    files: {
      'entities/Ticket.jsonc': entity('title', 'region'),
      'workflows/nap.jsonc': flow('Nap', { wait: 'PT0.01S' }),
      'workflows/stumble.jsonc': flow('Stumble', {
        call: 'invoke_backend_function',
        with: { function_name: 'stumble', args: {} },
      }),
      'functions/stumble/entry.ts': 'export default () => { throw new Error("The stairs are steep") }',
    },
  },
]

/** A relay with an app in two versions, which works with one account that its owner’s desktop has given to the relay. */
export async function startWorkspace(t: Teardown, options: TestRelayOptions = {}) {
  const provider = await startProvider(t, { kind: 'strict' })
  const place = await startPublishing(t, { tokens: { partyOf: async (_, client) => ({ ...provider.party, client }) }, ...options })
  const { relay, releases, access } = place

  async function publish(number: 1 | 2, appId = 'support-desk', name = 'Support desk'): Promise<void> {
    const { title, files: contents } = versions[number - 1] ?? { title: '', files: {} }
    const { files, bytesOf } = makeRelease({ 'config.jsonc': JSON.stringify({ name }), ...contents })
    const sent = await sendNow({ relay: releases, appId, name, files, bytesOf })
    const events = await all(releases.publish(appId, { releaseId: sent.releaseId, base: number === 1 ? null : number - 1, title }))
    const last = events.at(-1)
    if (last?.type !== 'live') throw new Error(`Publishing ended with ${JSON.stringify(last)}.`)
  }

  async function give(connectionId = 'c1', appId = 'support-desk'): Promise<void> {
    const ask = async (request: CustodyRequest) => {
      const body = JSON.stringify(request.kind === 'Offer' ? { ...request, about: { ...request.about, appId } } : request)
      const response = await fetch(`${relay.url}/api/relay/custody`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access}` },
        body,
      })
      return response.status === 204 ? null : custodyAnswer.parse(await response.json())
    }
    const { publicKey } = relayInfo.parse(await (await fetch(`${relay.url}/.well-known/plugboard-relay`)).json())
    await handOver(ask, publicKey, connectionId, provider.signIn(), provider.party.client)
  }

  return { ...place, provider, publish, give }
}

/** A browser for each role of the workspace. The owner is whoever set the relay up. */
export async function joinEveryRole({ relay, browser: owner }: Pick<Awaited<ReturnType<typeof startWorkspace>>, 'relay' | 'browser'>) {
  const join = (role: Role) => joinAs(relay, owner, { email: `${role}@example.com`, role, name: `The ${role}` })
  return { owner, admin: await join('admin'), editor: await join('editor'), viewer: await join('viewer') } satisfies Record<Role, Browser>
}
