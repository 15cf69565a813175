/** What a new connector is made from. `providerFile` and `providerExport` say where its provider is declared. */
export type NewConnector = {
  id: string
  name: string
  category: string
  icon: string
  providerFile: string
  providerExport: string
}

const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** The declaration: an identity, a remote choice, one action that reads and one that writes. It works against an API of that shape. */
export const declarationText = ({ id, name, category, icon, providerFile, providerExport }: NewConnector) => `import { z } from 'zod'
import { apiOriginsOf } from '../../core/addresses.ts'
import { action, connector, type Account, type Call, type Choice } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { explainHttp, jsonApi } from '../json-api.ts'
import { ${providerExport} } from '../providers/${providerFile}'

const item = z.object({ id: z.string(), title: z.string(), list: z.string() })

function api(call: Call) {
  const [origin = ''] = apiOriginsOf(${providerExport}, call.facts)
  return jsonApi(call, { name: ${text(name)}, origin })
}

async function identity(call: Call): Promise<Account> {
  const me = await api(call).get('/me', z.object({ id: z.string(), email: z.string() }))
  return { id: me.id, label: me.email }
}

async function listChoices(call: Call, query: string): Promise<Choice[]> {
  const lists = await api(call).get('/lists', z.array(z.object({ id: z.string(), name: z.string() })))
  return lists
    .filter(list => list.name.toLowerCase().includes(query.toLowerCase()))
    .map(list => ({ value: list.id, label: list.name }))
}

const list = field('list', { title: 'List', description: 'The id of a list.' })

export default connector({
  id: ${text(id)},
  name: ${text(name)},
  provider: ${providerExport},
  category: ${text(category)},
  summary: ${text(`Read and add items in ${name}.`)},
  icon: ${text(icon)},
  scopes: { 'items:read': 'See your lists and what is in them', 'items:write': 'Add items to your lists' },
  identityScopes: ['items:read'],
  identity,
  fields: { list: listChoices },
  actions: {
    listItems: action({
      title: 'List items',
      does: 'Lists the items of a list, newest first.',
      effect: 'read',
      idempotent: true,
      scopes: ['items:read'],
      input: z.object({ list, limit: limit(100, 20) }),
      output: z.array(item),
      run: (call, input) => api(call).get(\`/lists/\${encodeURIComponent(input.list)}/items\`, z.array(item), { limit: input.limit }),
    }),
    addItem: action({
      title: 'Add an item',
      does: 'Adds an item to a list. Each call adds another one.',
      effect: 'write',
      idempotent: false,
      scopes: ['items:write'],
      input: z.object({ list, title: z.string().trim().min(1).max(200).meta({ title: 'Title' }) }),
      output: item,
      run: (call, input) => api(call).post(\`/lists/\${encodeURIComponent(input.list)}/items\`, item, { title: input.title }),
    }),
  },
  prompts: [
    ${text(`Add an item in ${name} when a task is created.`)},
    ${text(`Every morning, list the new items in ${name}.`)},
    ${text(`Save the items of a ${name} list as tasks.`)},
  ],
  explain: explainHttp(${text(name)}),
})
`

/** Its test, against a service on this machine that answers as the API does. */
export const testText = ({ id, name, providerFile, providerExport }: NewConnector) => `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localService, type Asked } from '../local-service.fixture.ts'
import { ${providerExport} } from '../providers/${providerFile}'
import { run } from '../run-action.fixture.ts'
import connector from './${id}.ts'

const lamp = { id: 'i1', title: 'Lamp', list: 'l1' }

function answer({ method, path, body }: Asked): Response {
  if (path === '/me') return Response.json({ id: 'u1', email: 'mia@example.com' })
  if (path === '/lists') return Response.json([{ id: 'l1', name: 'Orders' }, { id: 'l2', name: 'Ideas' }])
  if (path !== '/lists/l1/items') return Response.json({ error: 'no such list' }, { status: 404 })
  return Response.json(method === 'GET' ? [lamp] : { ...lamp, ...(JSON.parse(body) as object) })
}

test('the account is known by its address', async t => {
  const { call } = await localService(t, ${providerExport}, answer)
  assert.deepEqual(await connector.identity(call), { id: 'u1', label: 'mia@example.com' })
})

test('lists are offered by the beginning or the middle of their name', async t => {
  const { call } = await localService(t, ${providerExport}, answer)
  assert.deepEqual(await connector.fields.list(call, 'ORD'), [{ value: 'l1', label: 'Orders' }])
})

test('items are read, as many as are asked for', async t => {
  const { call, requests } = await localService(t, ${providerExport}, answer)
  assert.deepEqual(await run(connector, call, 'listItems', { list: 'l1', limit: 5 }), [lamp])
  assert.deepEqual(requests[0]?.query, { limit: '5' })
})

test('an item is added with its title', async t => {
  const { call, requests } = await localService(t, ${providerExport}, answer)
  assert.equal((await run(connector, call, 'addItem', { list: 'l1', title: ' Vase ' })).title, 'Vase')
  assert.deepEqual([requests[0]?.method, requests[0]?.body], ['POST', '{"title":"Vase"}'])
})

test('what is not there, and what ${name.replaceAll("'", '’')} refuses, is said in words', async t => {
  const { call } = await localService(t, ${providerExport}, answer)
  await assert.rejects(run(connector, call, 'listItems', { list: 'nothing' }), { code: 'not_found' })
  const { call: refused } = await localService(t, ${providerExport}, () => new Response('', { status: 401 }))
  await assert.rejects(run(connector, refused, 'listItems', { list: 'l1' }), { code: 'unauthorized', message: /Reconnect/ })
})
`
