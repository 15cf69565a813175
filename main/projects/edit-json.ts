import { applyEdits, modify, type JSONPath } from 'jsonc-parser'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { parseJsonc } from '../../host/app/jsonc.ts'

const byteOrderMark = '\ufeff'

/**
 * Sets one value in JSON with comments. Every byte that is not part of the value stays: comments, order, unknown keys, line ends, tabs.
 * Throws `validation` with the line when the text is damaged, or when `at` leads through something that is no object or list.
 */
export function editJsonText(source: string, at: JSONPath, value: Json, path: string): string {
  const { error } = parseJsonc(source)
  if (error)
    throw new AppError('validation', `${path} is damaged at line ${error.line}: ${error.message} Mend it first.`, {
      action: { kind: 'open', path, line: error.line },
    })
  const mark = source.startsWith(byteOrderMark) ? byteOrderMark : ''
  const text = source.slice(mark.length)
  try {
    const changed = applyEdits(text, modify(text, at, value, { formattingOptions: formattingOf(text) }))
    if (!parseJsonc(changed).error) return mark + changed
  } catch (cause) {
    throw impossible(at, path, cause)
  }
  throw impossible(at, path)
}

function impossible(at: JSONPath, path: string, cause?: unknown): AppError {
  return new AppError('validation', `“${at.join('.')}” cannot be set in ${path}. Look at the file to see what is there.`, {
    cause,
    action: { kind: 'open', path },
  })
}

/** New lines look like those that are there. */
function formattingOf(text: string) {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
  }
}
