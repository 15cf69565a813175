import { parse, parseTree, printParseErrorCode, findNodeAtLocation, type JSONPath, type Node, type ParseError } from 'jsonc-parser'

/** Where something is in a file. Both count from 1. */
export type Position = { line: number; column: number }

export type Jsonc = {
  /** What could be read, even of a damaged file. */
  value: unknown
  /** Why the text is not JSON with comments: the first error, in words. */
  error: (Position & { message: string }) | null
  /** Keys that are in one object twice. The last one counts. */
  repeated: (Position & { key: string })[]
  /** Where the value at `path` is, or the nearest thing around it that exists. */
  locate(path: JSONPath): Position
}

const byteOrderMark = '\ufeff'

/** Reads JSON with comments and trailing commas, as Base44 and VS Code write it. Never throws. */
export function parseJsonc(source: string): Jsonc {
  const text = source.startsWith(byteOrderMark) ? source.slice(1) : source
  const errors: ParseError[] = []
  const options = { allowTrailingComma: true }
  try {
    const value: unknown = parse(text, errors, options)
    const [first] = errors
    const tree = parseTree(text, [], options)
    return {
      value,
      error: first ? { ...positionAt(text, first.offset), message: words(first, text) } : null,
      repeated: tree ? repeatedKeys(tree).map(({ offset, value }) => ({ ...positionAt(text, offset), key: String(value) })) : [],
      locate: path => positionAt(text, nearest(tree, path)?.offset ?? 0),
    }
  } catch {
    // The parser is recursive: text of a hundred thousand brackets ends its stack.
    const start = { line: 1, column: 1 }
    return { value: undefined, error: { ...start, message: 'This file nests too deeply.' }, repeated: [], locate: () => start }
  }
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

function nearest(tree: Node | undefined, path: JSONPath): Node | undefined {
  if (!tree) return undefined
  for (let length = path.length; length > 0; length--) {
    const found = findNodeAtLocation(tree, path.slice(0, length))
    // The line of `"key": value` is the key's.
    if (found) return found.parent?.type === 'property' ? found.parent : found
  }
  return tree
}

function repeatedKeys(node: Node): Node[] {
  const children = node.children ?? []
  const inside = children.flatMap(repeatedKeys)
  if (node.type !== 'object') return inside
  const seen = new Set<unknown>()
  const keys = children.flatMap(property => property.children?.[0] ?? [])
  return [...keys.filter(key => seen.has(key.value) || !seen.add(key.value)), ...inside]
}

function words({ error, offset, length }: ParseError, text: string): string {
  const found = text.slice(offset, offset + length).slice(0, 20)
  switch (printParseErrorCode(error)) {
    case 'CommaExpected':
      return 'A comma is missing before this.'
    case 'ColonExpected':
      return 'A colon is missing after the name.'
    case 'PropertyNameExpected':
      return 'A name in double quotes is expected here.'
    case 'ValueExpected':
      return text.trim() === '' ? 'This file is empty.' : 'A value is missing here.'
    case 'CloseBraceExpected':
      return 'A closing } is missing.'
    case 'CloseBracketExpected':
      return 'A closing ] is missing.'
    case 'EndOfFileExpected':
      return `“${found}” comes after the end.`
    case 'UnexpectedEndOfString':
      return 'The closing quote of this text is missing.'
    case 'UnexpectedEndOfComment':
      return 'The end of this comment is missing.'
    default:
      return `“${found}” does not belong here.`
  }
}
