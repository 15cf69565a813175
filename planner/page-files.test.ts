import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { connectorFile } from '../core/app/connector-file.ts'
import { entity } from '../core/app/entity.ts'
import { emptyModel, type AppModel } from '../core/app/model.ts'
import { page } from '../core/app/page.ts'
import { pageFiles } from './changes/page-files.ts'

function modelWith(entities: unknown[], connectors: unknown[] = [], root = ''): AppModel {
  return {
    ...emptyModel('a', '/a', 'A'),
    entities: entities.map(each => ({ file: `${root}entities/x.jsonc`, entity: entity.parse(each) })),
    connectors: connectors.map(each => ({ file: `${root}connectors/x.jsonc`, connector: connectorFile.parse(each) })),
  }
}

const read = (model: AppModel) => pageFiles(model).map(({ path, text }) => ({ path, page: page.parse(JSON.parse(text)) }))
const text = { type: 'string' }

test('each entity gets a page with its list, its form and its detail view, in the order of the app', () => {
  const [tickets, people] = read(
    modelWith([
      {
        name: 'SupportTicket',
        properties: { status: text, description: text, tags: { type: 'array' }, title: text, due: text, a: text, b: text, c: text },
      },
      { name: 'Customer', title: 'Customer', properties: { email: text, name: text } },
    ]),
  )
  assert.deepEqual(tickets, {
    path: 'pages/support-tickets.jsonc',
    page: {
      name: 'support-tickets',
      title: 'Support tickets',
      icon: 'list',
      order: 1,
      blocks: [
        { type: 'table', entity: 'SupportTicket', fields: ['title', 'status', 'due', 'a', 'b', 'created_date'], sort: '-created_date' },
        { type: 'form', entity: 'SupportTicket', place: 'button' },
        { type: 'detail', entity: 'SupportTicket' },
      ],
    },
  })
  assert.deepEqual([people?.page.title, people?.page.icon, people?.page.order], ['Customers', 'people', 2])
})

test('accounts that each user connects get one page; shared ones get none', () => {
  const model = modelWith([], [{ type: 'googlecalendar', mode: 'app-user' }, { type: 'slackbot' }, { type: 'github', mode: 'app-user' }])
  assert.deepEqual(
    read(model).map(({ path, page }) => [path, page.blocks]),
    [
      [
        'pages/my-accounts.jsonc',
        [
          { type: 'connect-account', connector: 'googlecalendar' },
          { type: 'connect-account', connector: 'github' },
        ],
      ],
    ],
  )
  assert.deepEqual(read(modelWith([], [{ type: 'slackbot' }])), [])
})

test('a project with its app below base44/ gets its pages there', () => {
  assert.equal(read(modelWith([{ name: 'Ticket', properties: {} }], [], 'base44/'))[0]?.path, 'base44/pages/tickets.jsonc')
})

test('whatever an entity is called, its page has an address of its own that the app does not use itself', () => {
  const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/)
  const titles = fc.oneof(
    fc.constant(undefined),
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.constantFrom('API', 'Asset', '票', 'Hook', 'ask'),
  )
  fc.assert(
    fc.property(fc.array(fc.record({ name: names, title: titles }), { maxLength: 5 }), entities => {
      const pages = read(modelWith(entities.map(each => ({ ...each, properties: {} }))))
      assert.equal(new Set(pages.map(({ path }) => path.toLowerCase())).size, entities.length)
      for (const { path, page } of pages) assert.equal(path, `pages/${page.name}.jsonc`)
    }),
    { numRuns: 200 },
  )
})
