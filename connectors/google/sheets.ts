import { z } from 'zod'
import { json } from '../../core/json.ts'
import { action, connector, type Call, type Choice } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { google } from '../providers/google.ts'
import { drive, sheets } from './client.ts'
import { explainGoogle } from './errors.ts'
import { googleLimits } from './limits.ts'
import { googleIdentity, googleIdentityScopes, identityScopeWords } from './identity.ts'
import { columnLetters, findByName, idOfSpreadsheet, rangeIn, resolveSpreadsheet, rowInOrder, sheetType, toCell } from './spreadsheet.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`

const spreadsheet = field('spreadsheet', { title: 'Spreadsheet', description: 'Its link, its id, or its name.' })
const sheet = z.string().trim().min(1).optional().meta({ title: 'Sheet', description: 'The name of the tab. Without one: the first.' })
const cells = z.array(json)
const row = z
  .union([z.record(z.string(), json), cells])
  .meta({ title: 'Row', description: 'Values by column name, or in the order of the columns.' })
const spreadsheetOut = z.object({ id: z.string().min(1), name: z.string(), link: z.string() })

const linkOf = (id: string) => `https://docs.google.com/spreadsheets/d/${id}/edit`

async function create(call: Call, name: string, header: readonly string[]) {
  const client = await sheets(call)
  const { data } = await client.spreadsheets.create({ requestBody: { properties: { title: name } } })
  const id = data.spreadsheetId ?? ''
  if (header.length > 0)
    await client.spreadsheets.values.update({
      spreadsheetId: id,
      range: 'A1',
      valueInputOption: 'RAW',
      requestBody: { values: [[...header]] },
    })
  return { id, name: data.properties?.title ?? name, link: data.spreadsheetUrl ?? linkOf(id) }
}

async function list(call: Call, most: number) {
  const { data } = await (
    await drive(call)
  ).files.list({
    q: `mimeType = '${sheetType}' and trashed = false`,
    pageSize: most,
    fields: 'files(id,name,webViewLink)',
    orderBy: 'modifiedTime desc',
  })
  return (data.files ?? []).map(({ id, name, webViewLink }) => ({ id: id ?? '', name: name ?? '', link: webViewLink ?? linkOf(id ?? '') }))
}

async function spreadsheetChoices(call: Call, query: string): Promise<Choice[]> {
  return (await list(call, 200))
    .filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
    .map(({ id, name }) => ({ value: id, label: name }))
}

export default connector({
  id: 'googlesheets',
  name: 'Google Sheets',
  provider: google,
  category: 'Spreadsheets',
  summary: 'Add, read and change rows of spreadsheets.',
  icon: 'simple-icons:googlesheets',
  scopes: {
    ...identityScopeWords,
    [scope('spreadsheets')]: 'See, add and change your spreadsheets',
    [scope('spreadsheets.readonly')]: 'See your spreadsheets and what is in them',
    [scope('drive.file')]: 'Find again the files that this app added',
    [scope('drive.metadata.readonly')]: 'See the names of your files, to choose a spreadsheet from',
  },
  identityScopes: googleIdentityScopes,
  identity: googleIdentity,
  fields: { spreadsheet: spreadsheetChoices },
  actions: {
    appendRow: action({
      title: 'Add a row',
      does: 'Adds a row at the end, with new columns where names are new. A spreadsheet whose name is not found is made. Each call adds another row.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('spreadsheets'), scope('drive.file')],
      input: z.object({ spreadsheet, sheet, row }),
      output: z.object({ spreadsheetId: z.string().min(1), range: z.string(), link: z.string() }),
      async run(call, input) {
        const client = await sheets(call)
        const known = idOfSpreadsheet(input.spreadsheet) ?? (await findByName(call, input.spreadsheet))
        const spreadsheetId = known ?? (await create(call, input.spreadsheet, [])).id
        const values = Array.isArray(input.row) ? input.row.map(toCell) : await rowInOrder(client, spreadsheetId, input.sheet, input.row)
        // RAW: a record's text that starts with “=” stays text and never becomes a formula.
        const { data } = await client.spreadsheets.values.append({
          spreadsheetId,
          range: rangeIn(input.sheet, 'A1'),
          valueInputOption: 'RAW',
          insertDataOption: 'INSERT_ROWS',
          requestBody: { values: [values] },
        })
        return { spreadsheetId, range: data.updates?.updatedRange ?? '', link: linkOf(spreadsheetId) }
      },
    }),
    readRows: action({
      title: 'Read rows',
      does: 'Reads the rows of a sheet by the names in its first row.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('spreadsheets.readonly'), scope('drive.file')],
      input: z.object({ spreadsheet, sheet, limit: limit(5000, 500) }),
      output: z.object({
        columns: z.array(z.string()),
        rows: z.array(z.object({ row: z.number().int(), values: z.record(z.string(), json) })),
      }),
      async run(call, input) {
        const spreadsheetId = await resolveSpreadsheet(call, input.spreadsheet)
        const { data } = await (
          await sheets(call)
        ).spreadsheets.values.get({
          spreadsheetId,
          range: rangeIn(input.sheet, `1:${input.limit + 1}`),
          valueRenderOption: 'UNFORMATTED_VALUE',
        })
        const [header = [], ...rows] = z.array(cells).parse(data.values ?? [])
        const columns = header.map((name, index) => String(name ?? '') || columnLetters(index + 1))
        return {
          columns,
          rows: rows.map((values, index) => ({
            row: index + 2,
            values: Object.fromEntries(columns.map((name, at) => [name, values[at] ?? ''])),
          })),
        }
      },
    }),
    updateRow: action({
      title: 'Change a row',
      does: 'Writes the given columns of one row and leaves the others. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      destructive: true,
      scopes: [scope('spreadsheets'), scope('drive.file')],
      input: z.object({
        spreadsheet,
        sheet,
        row: z.number().int().min(2).meta({ title: 'Row number', description: '2 is the first below the column names.' }),
        values: z.record(z.string(), json).meta({ title: 'Values', description: 'By column name.' }),
      }),
      output: z.object({ updatedCells: z.number().int() }),
      async run(call, input) {
        const client = await sheets(call)
        const spreadsheetId = await resolveSpreadsheet(call, input.spreadsheet)
        const inOrder = await rowInOrder(client, spreadsheetId, input.sheet, input.values)
        const columns = await client.spreadsheets.values.get({ spreadsheetId, range: rangeIn(input.sheet, '1:1') })
        // null leaves a cell as it is.
        const values = inOrder.map((cell, at) => (Object.hasOwn(input.values, String(columns.data.values?.[0]?.[at])) ? cell : null))
        const { data } = await client.spreadsheets.values.update({
          spreadsheetId,
          range: rangeIn(input.sheet, `A${input.row}`),
          valueInputOption: 'RAW',
          requestBody: { values: [values] },
        })
        return { updatedCells: data.updatedCells ?? 0 }
      },
    }),
    createSpreadsheet: action({
      title: 'Create a spreadsheet',
      does: 'Makes a new spreadsheet, with column names if given. Each call makes another one, even under the same name.',
      effect: 'write',
      idempotent: false,
      scopes: [scope('spreadsheets')],
      input: z.object({
        name: z.string().trim().min(1).max(200).meta({ title: 'Name' }),
        columns: z.array(z.string().min(1)).default([]).meta({ title: 'Columns', description: 'The names in the first row.' }),
      }),
      output: spreadsheetOut,
      run: (call, input) => create(call, input.name, input.columns),
    }),
    listSpreadsheets: action({
      title: 'List spreadsheets',
      does: 'Lists your spreadsheets, last changed first.',
      effect: 'read',
      idempotent: true,
      scopes: [scope('drive.metadata.readonly')],
      input: z.object({ limit: limit(200, 50) }),
      output: z.array(spreadsheetOut),
      run: (call, input) => list(call, input.limit),
    }),
  },
  prompts: [
    'Sync new records from this app into a Google Sheets spreadsheet.',
    'Add a row to the “Orders” spreadsheet when an order is paid.',
    'Every night, import new rows of a spreadsheet as customers.',
  ],
  limits: googleLimits,
  explain: explainGoogle('spreadsheet'),
})
