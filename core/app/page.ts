import { z } from 'zod'
import { connectorId, entityName, pageName } from './names.ts'

const common = { title: z.string().max(200).optional() }
/** Names of fields, in the order they are shown. Without it: all of the entity's. A name the entity does not have is passed over. */
const fields = z.array(z.string()).min(1).optional()

/** The records of an entity: searched, sorted and read page by page. `sort`: a field, or `-field`. `filter`: a query that all of them meet. */
export const tableBlock = z.looseObject({
  type: z.literal('table'),
  entity: entityName,
  fields,
  sort: z.string().optional(),
  filter: z.record(z.string(), z.json()).optional(),
  ...common,
})
/** Makes new records. `button`: behind a button of the page, in a sheet of its own; `open`: on the page itself. */
export const formBlock = z.looseObject({
  type: z.literal('form'),
  entity: entityName,
  fields,
  place: z.enum(['button', 'open']).default('button'),
  ...common,
})
/** One record, to read, edit and delete: what a row of the page's table opens. */
export const detailBlock = z.looseObject({ type: z.literal('detail'), entity: entityName, fields, ...common })
/** Where each app user connects an account of their own. */
export const connectAccountBlock = z.looseObject({
  type: z.literal('connect-account'),
  connector: connectorId,
  text: z.string().max(2000).optional(),
  ...common,
})
/** Plain text; an empty line begins a new paragraph. */
export const textBlock = z.looseObject({ type: z.literal('text'), text: z.string().max(20_000), ...common })

export const block = z.discriminatedUnion('type', [tableBlock, formBlock, detailBlock, connectAccountBlock, textBlock])
export type Block = z.infer<typeof block>
export type TableBlock = z.infer<typeof tableBlock>
export type FormBlock = z.infer<typeof formBlock>
export type DetailBlock = z.infer<typeof detailBlock>
export type ConnectAccountBlock = z.infer<typeof connectAccountBlock>

/** `pages/*.jsonc`. Keys we do not know are kept. `order`: the place among the pages, the smallest first; then by title. */
export const page = z.looseObject({
  name: pageName,
  title: z.string().min(1).max(80),
  icon: z.string().optional(),
  order: z.number().optional(),
  blocks: z.array(block).max(50),
})
export type Page = z.infer<typeof page>

/** In the order in which an app shows them. */
export const byPlace = (a: Page, b: Page): number =>
  (a.order ?? Infinity) - (b.order ?? Infinity) || (a.title < b.title ? -1 : a.title > b.title ? 1 : 0)
