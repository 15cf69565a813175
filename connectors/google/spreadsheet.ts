import { AppError } from '../../core/errors.ts'
import type { Call } from '../../core/connector.ts'
import { drive, type SheetsClient } from './client.ts'

export type Cell = string | number | boolean | null
export const sheetType = 'application/vnd.google-apps.spreadsheet'

/** The id of a spreadsheet given by link or id; null when it is a name. */
export function idOfSpreadsheet(value: string): string | null {
  const linked = /\/spreadsheets\/d\/([\w-]+)/.exec(value)?.[1]
  return linked ?? (/^[\w-]{25,}$/.test(value) ? value : null)
}

/** The newest spreadsheet of exactly this name that the connection may see. */
export async function findByName(call: Call, name: string): Promise<string | null> {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  const { data } = await (
    await drive(call)
  ).files.list({
    q: `name = '${escaped}' and mimeType = '${sheetType}' and trashed = false`,
    pageSize: 100,
    fields: 'files(id,name)',
    orderBy: 'modifiedTime desc',
  })
  return data.files?.find(file => file.name === name)?.id ?? null
}

/** Link, id or name to id. Throws `not_found` for a name that leads nowhere. */
export async function resolveSpreadsheet(call: Call, value: string): Promise<string> {
  const id = idOfSpreadsheet(value) ?? (await findByName(call, value))
  if (id) return id
  throw new AppError('not_found', `There is no spreadsheet “${value}” that this connection can see. Paste its link instead of its name.`)
}

/** A range in A1 notation within a sheet; without a sheet, the first one. */
export const rangeIn = (sheet: string | undefined, range: string) => (sheet ? `'${sheet.replaceAll("'", "''")}'!${range}` : range)

/** A1's letters for a column, counted from 1. */
export function columnLetters(column: number): string {
  let letters = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

/** What a cell can hold of a record's value: lists and objects as JSON, nothing as an empty cell. */
export function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return JSON.stringify(value)
}

export async function readHeader(client: SheetsClient, spreadsheetId: string, sheet: string | undefined): Promise<string[]> {
  const { data } = await client.spreadsheets.values.get({ spreadsheetId, range: rangeIn(sheet, '1:1') })
  return (data.values?.[0] ?? []).map(String)
}

/**
 * A record's values in the order of the sheet's first row. Names that the sheet does not have yet become new columns at its right end,
 * so that nothing of a record is lost.
 */
export async function rowInOrder(
  client: SheetsClient,
  spreadsheetId: string,
  sheet: string | undefined,
  row: Readonly<Record<string, unknown>>,
): Promise<Cell[]> {
  const header = await readHeader(client, spreadsheetId, sheet)
  const added = Object.keys(row).filter(key => !header.includes(key))
  if (added.length > 0)
    await client.spreadsheets.values.update({
      spreadsheetId,
      range: rangeIn(sheet, `${columnLetters(header.length + 1)}1`),
      valueInputOption: 'RAW',
      requestBody: { values: [added] },
    })
  return [...header, ...added].map(key => toCell(Object.hasOwn(row, key) ? row[key] : null))
}
