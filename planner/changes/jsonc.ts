/** JSON as a person would lay it out: what is short and flat stays on one line. */
export function jsoncText(value: unknown): string {
  return `${layOut(value, '')}\n`
}

const most = 100

function layOut(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const parts = value.map(item => layOut(item, inner))
    const line = `[${parts.join(', ')}]`
    return fits(line, value, indent) ? line : `[\n${inner}${parts.join(`,\n${inner}`)}\n${indent}]`
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const parts = entries.map(([name, item]) => `${JSON.stringify(name)}: ${layOut(item, inner)}`)
  const line = parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  const flat = entries.every(([, item]) => typeof item !== 'object' || Array.isArray(item))
  return indent !== '' && flat && fits(line, [], indent) ? line : `{\n${inner}${parts.join(`,\n${inner}`)}\n${indent}}`
}

const fits = (line: string, items: readonly unknown[], indent: string): boolean =>
  !line.includes('\n') && line.length + indent.length <= most && items.every(item => item === null || typeof item !== 'object')
