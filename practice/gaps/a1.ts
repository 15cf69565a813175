/** A rectangle of cells, counted from 0; an end of null is open. */
export type Range = { sheet: string | null; top: number; left: number; bottom: number | null; right: number | null }

const columnOf = (letters: string) => [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1

/** Reads A1 notation: `A1`, `A2:C9`, `1:5`, `A:C`, `Sheet1`, `'My sheet'!B2`. Null when it is none. */
export function readRange(text: string, sheetNames: readonly string[]): Range | null {
  const [, quoted, plain, rest] = /^(?:'((?:[^']|'')*)'!|([^'!]+)!)?(.*)$/.exec(text) ?? []
  const named = quoted?.replaceAll("''", "'") ?? plain ?? null
  const whole = { top: 0, left: 0, bottom: null, right: null }
  if (named === null && sheetNames.includes(text)) return { sheet: text, ...whole }
  if (named !== null && !sheetNames.includes(named)) return null
  if (rest === '' && named !== null) return { sheet: named, ...whole }
  const [, fromColumn = '', fromRow = '', toColumn, toRow] = /^([A-Za-z]{0,3})(\d*)(?::([A-Za-z]{0,3})(\d*))?$/.exec(rest ?? '') ?? []
  if (fromColumn === '' && fromRow === '') return null
  const top = fromRow ? Number(fromRow) - 1 : 0
  const left = fromColumn ? columnOf(fromColumn) : 0
  if (toColumn === undefined) return fromColumn && fromRow ? { sheet: named, top, left, bottom: top, right: left } : null
  return { sheet: named, top, left, bottom: toRow ? Number(toRow) - 1 : null, right: toColumn ? columnOf(toColumn) : null }
}

/** A1's letters of a column counted from 0. */
export function lettersOf(column: number): string {
  let letters = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

/** A rectangle written as Google answers it. */
export const writeRange = (sheet: string, top: number, left: number, rows: number, columns: number): string => {
  const name = /^\w+$/.test(sheet) ? sheet : `'${sheet.replaceAll("'", "''")}'`
  const from = `${lettersOf(left)}${top + 1}`
  const to = `${lettersOf(left + Math.max(columns, 1) - 1)}${top + Math.max(rows, 1)}`
  return `${name}!${from === to ? from : `${from}:${to}`}`
}
