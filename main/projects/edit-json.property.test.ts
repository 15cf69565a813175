import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { findNodeAtLocation, parse, parseTree, type JSONPath } from 'jsonc-parser'
import type { Json } from '../../core/json.ts'
import { editJsonText } from './edit-json.ts'

type Style = { eol: string; indent: string; trailingComma: boolean; mark: string; comments: boolean; spaced: boolean }

const style: fc.Arbitrary<Style> = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  indent: fc.constantFrom('  ', '\t', '    ', ''),
  trailingComma: fc.boolean(),
  mark: fc.constantFrom('', '\ufeff'),
  comments: fc.boolean(),
  spaced: fc.boolean(),
})
const key = fc.constantFrom('name', 'title', 'x-plugboard', 'a b', 'é', 'q"uote', '0', 'properties')
const values = fc.letrec<{ value: Json; object: { [key: string]: Json } }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ maxLength: 5 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}))

/** Writes JSON by hand, as people do: each in a style of their own, with comments anywhere. */
function write(value: Json, style: Style, level = 0): string {
  const { eol, indent, comments, trailingComma, spaced } = style
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const parts = isList
    ? value.map(item => write(item, style, level + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}${spaced ? ' : ' : ':'}${write(item, style, level + 1)}`)
  const [open, close] = isList ? '[]' : '{}'
  if (!parts.length) return `${open}${comments ? ' /* empty */ ' : ''}${close}`
  const lines = parts.map((part, index) => {
    const comma = index < parts.length - 1 || trailingComma ? ',' : ''
    return `${indent.repeat(level + 1)}${part}${comma}${comments ? ' // kept' : ''}${eol}`
  })
  return `${open}${eol}${lines.join('')}${indent.repeat(level)}${close}`
}

/** Every place in a value, and one new place in each object and list. */
function places(value: Json, above: JSONPath = []): JSONPath[] {
  if (typeof value !== 'object' || value === null) return [above]
  const inside = Object.entries(value).flatMap(([key, item]) => places(item, [...above, Array.isArray(value) ? Number(key) : key]))
  return [above, ...inside, [...above, Array.isArray(value) ? value.length : 'new-key']]
}

function set(value: Json, [first, ...rest]: JSONPath, to: Json): Json {
  if (first === undefined) return to
  if (Array.isArray(value)) return value.toSpliced(Number(first), 1, set(value[Number(first)] ?? null, rest, to))
  const object = value as { [key: string]: Json }
  return { ...object, [first]: set(object[first] ?? null, rest, to) }
}

test('setting one value changes that value and no other byte, whatever the style of the file', () => {
  fc.assert(
    fc.property(values.object, style, fc.nat(), values.value, (object, style, pick, to) => {
      const source = style.mark + write(object, style)
      const all = places(object).filter(path => path.length > 0)
      const at = all[pick % all.length] ?? ['new-key']
      const result = editJsonText(source, at, to, 'x.jsonc')
      assert.ok(result.startsWith(style.mark))
      assert.deepEqual(parse(result.slice(style.mark.length), [], { allowTrailingComma: true }), set(object, at, to))
      const tree = parseTree(source.slice(style.mark.length), [], { allowTrailingComma: true })
      const node = tree && findNodeAtLocation(tree, at)
      if (node) {
        const start = style.mark.length + node.offset
        assert.ok(result.startsWith(source.slice(0, start)), 'what is before')
        assert.ok(result.endsWith(source.slice(start + node.length)), 'what is behind')
      } else {
        assert.ok(isSubsequence(source, result), `only insertions: ${JSON.stringify([source, result])}`)
        assert.ok(result.length < source.length + JSON.stringify(to, null, 4).length + 200 + 20 * JSON.stringify(to).length)
      }
      if (source.includes('\r\n')) assert.doesNotMatch(result, /[^\r]\n/)
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  )
})

/** Whether `whole` is `part` with something put in. */
function isSubsequence(part: string, whole: string): boolean {
  let at = 0
  for (const char of whole) if (char === part[at]) at++
  return at === part.length
}

test('a new key goes on a line of its own, and the comments beside and behind stay where they belong', () => {
  assert.equal(
    editJsonText('{\n  "a": 1 // one\n}\n', ['b'], { c: [true] }, 'x'),
    '{\n  "a": 1, // one\n  "b": {\n    "c": [\n      true\n    ]\n  }\n}\n',
  )
  assert.equal(editJsonText('{\r\n\t"a": 1, // one\r\n\t// end\r\n}', ['b'], 2, 'x'), '{\r\n\t"a": 1, // one\r\n\t"b": 2,\r\n\t// end\r\n}')
  assert.equal(editJsonText('{ "a": [1] }', ['a', 1], 2, 'x'), '{ "a": [1, 2] }')
  assert.equal(editJsonText('{}', ['a', 'b'], 1, 'x'), '{\n  "a": {\n    "b": 1\n  }\n}')
  assert.equal(editJsonText('{"a":1,"a":2}', ['a'], 3, 'x'), '{"a":1,"a":3}')
})

test('a damaged file, and a way through something that is no object, are refused', () => {
  assert.throws(() => editJsonText('{\n "a": 1\n "b": 2 }', ['a'], 2, 'x.jsonc'), /x\.jsonc is damaged at line 3: A comma is missing/)
  assert.throws(() => editJsonText('{ "a": 1 }', ['a', 'b', 'c'], 2, 'x.jsonc'), /“a\.b\.c” cannot be set in x\.jsonc/)
  assert.throws(() => editJsonText('{ "a": 1 }', ['a', 0], 2, 'x.jsonc'), /cannot be set/)
})
