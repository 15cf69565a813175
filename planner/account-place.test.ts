import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectorFacts } from '../connectors/facts.ts'
import { connectors } from '../connectors/index.ts'
import { entity } from '../core/app/entity.ts'
import { emptyModel, type AppModel } from '../core/app/model.ts'
import { page } from '../core/app/page.ts'
import { itemsWith } from '../core/plan-items.ts'
import type { PlanChoices } from '../core/plan.ts'
import { toChangeSet } from './change-set.ts'
import type { PlannerContext } from './context.ts'
import { plan } from './plan.ts'

const pageOf = (name: string, ...blocks: object[]) => ({ file: `pages/${name}.jsonc`, page: page.parse({ name, title: name, blocks }) })
const table = (entity: string) => ({ type: 'table', entity })
const place = (connector: string) => ({ type: 'connect-account', connector })
const entities = ['Ticket', 'Customer'].map(name => ({
  file: `entities/${name}.jsonc`,
  entity: entity.parse({ name, properties: { title: { type: 'string' } } }),
}))

function contextWith(pages: AppModel['pages']): PlannerContext {
  const model = { ...emptyModel('a', '/a', 'A'), entities, pages }
  return { model, connectors: Object.values(connectors).map(connectorFacts), timezone: 'UTC', now: new Date('2026-11-20T10:00:00Z') }
}

const calendar = 'Add an event to Google Calendar when a new ticket is created'

/** The pages that carrying out a prompt changes, with their blocks, and what the plan's card says of pages. */
function pagesFor(pages: AppModel['pages'], prompt = calendar, mode: PlanChoices['mode'] = 'app-user') {
  const context = contextWith(pages)
  const found = plan(prompt, context)
  if (found.outcome !== 'plan') return assert.fail(`${prompt}: ${found.outcome}`)
  const slots = Object.fromEntries(found.plan.slots.map(({ id, value }) => [id, value || '#x']))
  const { files } = toChangeSet(found.plan, { mode, slots }, context)
  return {
    changed: files.flatMap(({ path, text }) => {
      if (!path.includes('pages/')) return []
      const { blocks } = page.parse(JSON.parse(text ?? ''))
      return [
        [path, ...blocks.map(block => `${block.type} ${'entity' in block ? block.entity : 'connector' in block ? block.connector : ''}`)],
      ]
    }),
    told: itemsWith(found.plan.items, mode).flatMap(({ kind, name, summary }) => (kind === 'page' ? [`${name}: ${summary}`] : [])),
  }
}

test('an account that each user brings is connected on the first page that shows what it works with', () => {
  const { changed, told } = pagesFor([
    pageOf('home', table('Customer')),
    pageOf('tickets', table('Ticket')),
    pageOf('more', table('Ticket')),
  ])
  assert.deepEqual(changed, [['pages/tickets.jsonc', 'table Ticket', 'connect-account googlecalendar']])
  assert.deepEqual(told, ['tickets: Each user connects their Google Calendar there'])
})

test('without such a page it is where other accounts are connected, else on the home page', () => {
  const pages = [pageOf('home', table('Customer')), pageOf('my-accounts', place('github'))]
  assert.deepEqual(pagesFor(pages).changed, [['pages/my-accounts.jsonc', 'connect-account github', 'connect-account googlecalendar']])
  assert.deepEqual(pagesFor([pageOf('home'), pageOf('other')]).changed, [['pages/home.jsonc', 'connect-account googlecalendar']])
})

test('two accounts of one plan get their places on the same page', () => {
  const both = 'When a new ticket is created, add an event to Google Calendar and post it to the Slack #support channel'
  assert.deepEqual(
    pagesFor([pageOf('tickets', table('Ticket'))], both)
      .changed[0]?.slice(2)
      .sort(),
    ['connect-account googlecalendar', 'connect-account slackbot'],
  )
})

test('nothing is added where the place is there, where there are no pages yet, or where one account is for all', () => {
  const there = [pageOf('tickets', table('Ticket')), pageOf('my-accounts', place('googlecalendar'))]
  for (const found of [pagesFor(there), pagesFor([]), pagesFor([pageOf('tickets', table('Ticket'))], calendar, 'shared')])
    assert.deepEqual([found.changed, found.told], [[], []])
})
