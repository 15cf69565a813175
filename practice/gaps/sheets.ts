import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Emulated, Store } from '../emulated.ts'
import { bearerOf, googleError } from '../guard.ts'
import { readRange, writeRange } from './a1.ts'

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])
const spreadsheet = z.object({
  id: z.string(),
  owner: z.string(),
  sheets: z.array(z.object({ title: z.string(), rows: z.array(z.array(cell)) })),
})
export type Spreadsheet = z.infer<typeof spreadsheet>
type Sheet = Spreadsheet['sheets'][number]

const dataKey = 'plugboard.spreadsheets'
export const spreadsheetType = 'application/vnd.google-apps.spreadsheet'
const newSpreadsheet = z.object({
  properties: z.object({ title: z.string().default('Untitled spreadsheet') }).default({ title: 'Untitled spreadsheet' }),
  sheets: z.array(z.object({ properties: z.object({ title: z.string() }) })).default([]),
})
const values = z.object({ values: z.array(z.array(cell)) })

export const readSpreadsheets = (store: Store): Spreadsheet[] => z.array(spreadsheet).catch([]).parse(store.getData(dataKey))

/** Adds a spreadsheet, and the file that Drive lists for it. */
export function addSpreadsheet(store: Store, added: Spreadsheet, name: string): void {
  store.setData(dataKey, [...readSpreadsheets(store), added])
  store.collection('google.drive_items').insert({
    google_id: added.id,
    user_email: added.owner,
    name,
    mime_type: spreadsheetType,
    parent_google_ids: ['root'],
    web_view_link: `https://docs.google.com/spreadsheets/d/${added.id}/edit`,
    size: null,
    trashed: false,
    data: null,
  })
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === ''

/** Writes a block of cells; null leaves a cell as it is. */
function write(sheet: Sheet, top: number, left: number, block: readonly (readonly z.infer<typeof cell>[])[]): number {
  let written = 0
  for (const [down, line] of block.entries()) {
    const row = (sheet.rows[top + down] ??= [])
    for (const [right, value] of line.entries()) {
      if (value === null) continue
      while (row.length < left + right) row.push('')
      row[left + right] = value
      written++
    }
  }
  for (let at = 0; at < sheet.rows.length; at++) sheet.rows[at] ??= []
  return written
}

/** A block as Google reads it: empty rows and cells at its end are left out. */
function read(sheet: Sheet, top: number, left: number, bottom: number | null, right: number | null) {
  const block = sheet.rows.slice(top, bottom === null ? undefined : bottom + 1).map(row => {
    const line = row.slice(left, right === null ? undefined : right + 1).map(value => value ?? '')
    return line.slice(0, line.findLastIndex(value => !isEmpty(value)) + 1)
  })
  return block.slice(0, block.findLastIndex(line => line.length > 0) + 1)
}

/** Google Sheets v4, as far as the actions of its connector go; `emulate` has none. Tokens are those of the Google emulator. */
export function sheetsApi({ store, tokens }: Emulated): Hono {
  const app = new Hono()
  const notFound = () => googleError(404, 'Requested entity was not found.', 'notFound', 'NOT_FOUND')
  const nameOf = (id: string) => String(store.collection('google.drive_items').findOneBy('google_id', id)?.['name'] ?? '')

  function open(request: Request, id: string): Spreadsheet | undefined {
    const login = tokens.get(bearerOf(request) ?? '')?.login
    return readSpreadsheets(store).find(each => each.id === id && each.owner === login)
  }

  function keep(changed: Spreadsheet): void {
    store.setData(
      dataKey,
      readSpreadsheets(store).map(each => (each.id === changed.id ? changed : each)),
    )
    const items = store.collection('google.drive_items')
    const item = items.findOneBy('google_id', changed.id)
    if (item) items.update(item.id, {})
  }

  const describe = ({ id, sheets }: Spreadsheet) => ({
    spreadsheetId: id,
    properties: { title: nameOf(id), locale: 'en_US', timeZone: 'Etc/UTC' },
    sheets: sheets.map(({ title }, index) => ({ properties: { sheetId: index, title, index, sheetType: 'GRID' } })),
    spreadsheetUrl: `https://docs.google.com/spreadsheets/d/${id}/edit`,
  })

  app.post('/v4/spreadsheets', async c => {
    const owner = tokens.get(bearerOf(c.req.raw) ?? '')?.login ?? ''
    const wanted = newSpreadsheet.safeParse(await c.req.json().catch(() => ({})))
    if (!wanted.success) return googleError(400, 'Invalid JSON payload received.', 'invalid', 'INVALID_ARGUMENT')
    const titles = wanted.data.sheets.map(({ properties }) => properties.title)
    const added = {
      id: randomBytes(33).toString('base64url'),
      owner,
      sheets: (titles.length > 0 ? titles : ['Sheet1']).map(title => ({ title, rows: [] })),
    }
    addSpreadsheet(store, added, wanted.data.properties.title)
    return c.json(describe(added))
  })

  app.get('/v4/spreadsheets/:id', c => {
    const found = open(c.req.raw, c.req.param('id'))
    return found ? c.json(describe(found)) : notFound()
  })

  app.on(['GET', 'PUT', 'POST'], '/v4/spreadsheets/:id/values/:range', async c => {
    const found = open(c.req.raw, c.req.param('id'))
    if (!found) return notFound()
    const appending = c.req.method === 'POST' && c.req.param('range').endsWith(':append')
    const text = appending ? c.req.param('range').replace(/:append$/, '') : c.req.param('range')
    const range = readRange(
      text,
      found.sheets.map(({ title }) => title),
    )
    const sheet = range && (range.sheet === null ? found.sheets[0] : found.sheets.find(({ title }) => title === range.sheet))
    if (!range || !sheet || (c.req.method === 'POST' && !appending))
      return googleError(400, `Unable to parse range: ${text}`, 'badRequest', 'INVALID_ARGUMENT')

    if (c.req.method === 'GET') {
      const block = read(sheet, range.top, range.left, range.bottom, range.right)
      const at = writeRange(sheet.title, range.top, range.left, block.length, Math.max(...block.map(line => line.length), 1))
      return c.json({ range: at, majorDimension: 'ROWS', ...(block.length > 0 && { values: block }) })
    }
    if (!/^(RAW|USER_ENTERED)$/.test(c.req.query('valueInputOption') ?? ''))
      return googleError(400, "'valueInputOption' is required but not specified", 'badRequest', 'INVALID_ARGUMENT')
    const body = values.safeParse(await c.req.json().catch(() => null))
    if (!body.success) return googleError(400, 'Invalid values', 'badRequest', 'INVALID_ARGUMENT')
    // Formulas are not computed here; one that would be entered as such must not pass for its text.
    const entered = c.req.query('valueInputOption') === 'USER_ENTERED'
    const block = body.data.values.map(line => line.map(value => (entered && String(value).startsWith('=') ? '#N/A' : value)))
    const top = appending ? sheet.rows.findLastIndex(row => row.some(value => !isEmpty(value))) + 1 : range.top
    const updatedCells = write(sheet, top, range.left, block)
    keep(found)
    const updatedColumns = Math.max(...block.map(line => line.length), 0)
    const updatedRange = writeRange(sheet.title, top, range.left, block.length, updatedColumns)
    const updates = { spreadsheetId: found.id, updatedRange, updatedRows: block.length, updatedColumns, updatedCells }
    return c.json(appending ? { spreadsheetId: found.id, updates } : updates)
  })

  return app
}
