import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as fc from 'fast-check'
import type { Json } from '../../core/json.ts'
import { createJq } from './jq.ts'
import { followPath, parsePlainPath } from './plain-path.ts'

const jq = createJq()
after(() => jq.close())

const name = fc.constantFrom('a', 'b', 'and', 'if', '_x', 'constructor', '__proto__', 'first name', 'ä', '')
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, true, false, 0, 1, 'text', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map(entries => Object.fromEntries(entries)),
  ),
})).value
const part = fc.oneof(
  name.filter(text => /^[A-Za-z_]\w*$/.test(text)).map(text => `.${text}`),
  name.map(text => `."${text}"`),
  name.map(text => `["${text}"]`),
  fc.integer({ min: -4, max: 4 }).map(index => `[${index}]`),
)
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => {
  const text = parts.join('')
  return text.startsWith('[') ? `.${text}` : text
})

test('a plain path gives what jq gives, its errors as well', async () => {
  await fc.assert(
    fc.asyncProperty(path, value, async (path, input) => {
      const parts = parsePlainPath(path)
      assert.ok(parts, `${path} is a plain path`)
      const ours = attempt(() => [followPath(input, parts)])
      const theirs = await jq.run(path, input).then(
        output => ({ output }),
        error => ({ error: String(error.message).replace(/\.$/, '') }),
      )
      assert.deepEqual(ours, theirs)
    }),
    { numRuns: 400 },
  )
})

test('what is read as a plain path is never anything else to jq', async () => {
  const text = fc.array(
    fc.constantFrom('.', 'a', '[', ']', '"', '0', '-', ' ', '|', '?', '(', ')', '..', '$x', '1', ',', '\\', '#', '//'),
    { maxLength: 7 },
  )
  await fc.assert(
    fc.asyncProperty(text, async parts => {
      const path = parsePlainPath(parts.join(''))
      if (!path) return
      const input: Json = { a: [{ a: 1 }, [5, 6]], a1: { a: 2 }, aa: 3, '': { a: 4 } }
      const ours = attempt(() => [followPath(input, path)])
      const theirs = await jq.run(parts.join(''), input).then(
        output => ({ output }),
        error => ({ error: String(error.message).replace(/\.$/, '') }),
      )
      assert.deepEqual(ours, theirs, parts.join(''))
    }),
    { numRuns: 3000 },
  )
})

function attempt(work: () => Json[]): { output: Json[] } | { error: string } {
  try {
    return { output: work() }
  } catch (error) {
    return { error: (error as Error).message }
  }
}
