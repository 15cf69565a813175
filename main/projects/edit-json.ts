import { applyEdits, createScanner, parseTree, type Edit, type Node } from 'jsonc-parser'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { parseJsonc } from '../../host/app/jsonc.ts'

const byteOrderMark = '\ufeff'

type Style = { eol: string; unit: string }

/**
 * Sets one value in JSON with comments. Every byte that is not part of the value stays: comments, order, unknown keys, line ends, tabs.
 * A key that is not there is added at the end of its object; an index one behind the last adds to a list. Throws `validation` with the
 * line when the text is damaged, or when `at` leads through something that is no object or list.
 */
export function editJsonText(source: string, at: readonly (string | number)[], value: Json, path: string): string {
  const { error } = parseJsonc(source)
  if (error) {
    const message = `${path} is damaged at line ${error.line}: ${error.message} Mend it first.`
    throw new AppError('validation', message, { action: { kind: 'open', path, line: error.line } })
  }
  const mark = source.startsWith(byteOrderMark) ? byteOrderMark : ''
  const text = source.slice(mark.length)
  const root = parseTree(text, [], { allowTrailingComma: true })
  const edits = root && editsFor(text, root, at, value)
  if (edits) return mark + applyEdits(text, edits)
  const message = `“${at.join('.')}” cannot be set in ${path}. Look at the file to see what is there.`
  throw new AppError('validation', message, { action: { kind: 'open', path } })
}

function editsFor(text: string, root: Node, at: readonly (string | number)[], value: Json): Edit[] | null {
  const style = styleOf(text)
  let node = root
  for (const [level, key] of at.entries()) {
    const child = childAt(node, key)
    if (child) {
      node = child
      continue
    }
    const rest = at.slice(level + 1).reduceRight<Json>((inner, name) => ({ [name]: inner }), value)
    if (node.type === 'object') return insert(text, node, indent => `${JSON.stringify(String(key))}: ${write(rest, indent, style)}`, style)
    if (node.type === 'array' && key === (node.children ?? []).length)
      return insert(text, node, indent => write(rest, indent, style), style)
    return null
  }
  return [{ offset: node.offset, length: node.length, content: write(value, indentAt(text, node.offset), style) }]
}

/** Of a key that is there twice, the last one counts. */
function childAt(node: Node, key: string | number): Node | undefined {
  const children = node.children ?? []
  if (node.type === 'array') return typeof key === 'number' ? children[key] : undefined
  return children.findLast(({ children: property }) => property?.[0]?.value === String(key))?.children?.[1]
}

/** Adds an item behind the last one: on a line of its own where the last one ends its line, so that a comment there stays with it. */
function insert(text: string, parent: Node, write: (indent: string) => string, { eol, unit }: Style): Edit[] {
  const last = parent.children?.at(-1)
  if (!last) {
    const outer = indentAt(text, parent.offset)
    return [{ offset: parent.offset + 1, length: 0, content: `${eol}${outer}${unit}${write(outer + unit)}${eol}${outer}` }]
  }
  const end = last.offset + last.length
  const { comma, lineEnd } = behind(text, end)
  const indent = indentAt(text, last.offset)
  const closing = comma === null ? '' : ','
  const separator: Edit[] = comma === null ? [{ offset: end, length: 0, content: ',' }] : []
  return lineEnd === null
    ? [...separator, { offset: comma ?? end, length: 0, content: ` ${write(indent)}${closing}` }]
    : [...separator, { offset: lineEnd, length: 0, content: `${eol}${indent}${write(indent)}${closing}` }]
}

// SyntaxKind is a const enum of jsonc-parser, which cannot be imported under `isolatedModules`.
const token = { closeBrace: 2, closeBracket: 4, comma: 5, lineBreak: 14, end: 17 } as const

/** What follows the last item: the place behind its comma, and the end of its line, when there are any before the closing bracket. */
function behind(text: string, from: number): { comma: number | null; lineEnd: number | null } {
  const scanner = createScanner(text)
  scanner.setPosition(from)
  let comma: number | null = null
  let lineEnd: number | null = null
  for (;;) {
    const kind: number = scanner.scan()
    if (kind === token.comma) [comma, lineEnd] = [scanner.getTokenOffset() + 1, null]
    else if (kind === token.lineBreak) lineEnd ??= scanner.getTokenOffset()
    else if (kind === token.closeBrace || kind === token.closeBracket || kind === token.end) return { comma, lineEnd }
  }
}

function write(value: Json, indent: string, { eol, unit }: Style): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indent)
}

function indentAt(text: string, offset: number): string {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? ''
}

/** New lines look like those that are there. */
function styleOf(text: string): Style {
  return { eol: text.includes('\r\n') ? '\r\n' : '\n', unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ' }
}
