/**
 * Rows of a CSV file (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe, so that a name which someone chose
 * is never run by whoever opens the file.
 */
export const csvRows = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map(cells => `${cells.map(cell).join(',')}\r\n`).join('')

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
