import type { Entity, Field } from '../../core/app/entity.ts'
import type { AppModel } from '../../core/app/model.ts'
import { pageName } from '../../core/app/names.ts'
import { page, type Page } from '../../core/app/page.ts'
import { plural, singular } from '../language/words.ts'
import { rootOf } from './blueprint.ts'
import { headlineField, titleOf, wordsOfName } from './entity-file.ts'
import { jsoncText } from './jsonc.ts'
import { freeName } from './naming.ts'

/** More than this is no list any more: the rest is in the detail view. */
const mostColumns = 5

/**
 * The first pages of an app that has none: a list with a form and a detail view for each entity, and one page for the accounts that its
 * users connect. They are files like any other, to be changed or deleted. Empty when there is nothing to show.
 */
export function pageFiles(model: AppModel): { path: string; text: string }[] {
  const taken: string[] = []
  const free = (title: string): string => {
    const name = freeName(addressOf(title), taken, '-')
    taken.push(name)
    return name
  }
  const pages: Page[] = model.entities.map(({ entity }, at) => entityPage(entity, at + 1, free))
  const own = model.connectors.filter(({ connector }) => connector.mode === 'app-user')
  if (own.length > 0)
    pages.push({
      name: free('My accounts'),
      title: 'My accounts',
      icon: 'account',
      order: pages.length + 1,
      blocks: own.map(({ connector }) => ({ type: 'connect-account', connector: connector.type })),
    })
  return pages.map(each => ({ path: `${rootOf(model)}pages/${each.name}.jsonc`, text: jsoncText(page.parse(each)) }))
}

function entityPage(entity: Entity, order: number, free: (title: string) => string): Page {
  const title = pluralTitle(entity)
  return {
    name: free(title),
    title,
    icon: iconOf(entity),
    order,
    blocks: [
      { type: 'table', entity: entity.name, fields: columnsOf(entity), sort: '-created_date' },
      { type: 'form', entity: entity.name, place: 'button' },
      { type: 'detail', entity: entity.name },
    ],
  }
}

/** “Support tickets” of SupportTicket. */
function pluralTitle(entity: Entity): string {
  const words = (entity.title ?? wordsOfName(entity.name)).trim().toLowerCase().split(/\s+/)
  words.push(plural(singular(words.pop() ?? '')))
  return titleOf(words.join(' ')).slice(0, 80)
}

function addressOf(title: string): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
  const name = plain || 'page'
  return pageName.safeParse(name).success ? name : `${name}-list`
}

/** What names a record comes first; what no cell can hold is left out. */
function columnsOf(entity: Entity): string[] {
  const headline = headlineField(entity)
  const fits = ([name, field]: [string, Field]) => name !== headline && !/^(array|object)$/.test(field.type) && !isLong(name, field)
  const others = Object.entries(entity.properties).filter(fits)
  const names = [...(headline ? [headline] : []), ...others.map(([name]) => name)].slice(0, mostColumns)
  return [...names, 'created_date']
}

const isLong = (name: string, { format }: Field): boolean =>
  format === 'multiline' || /description|body|notes?|message|details|text|comment/i.test(name)

const people = /\b(customer|client|contact|person|member|employee|lead|candidate|guest|student|user|applicant|volunteer|patient|vendor)s?$/
const dated = /\b(event|appointment|booking|meeting|shift|visit|reservation|session)s?$/

function iconOf({ name }: Entity): string {
  const words = wordsOfName(name)
  return people.test(words) ? 'people' : dated.test(words) ? 'calendar' : 'list'
}
