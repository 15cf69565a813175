import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { diffLines, shortenDiff } from './line-diff.ts'

const text = fc.array(fc.constantFrom('a', 'b', 'c', '{', '}'), { minLength: 1, maxLength: 30 }).map(lines => lines.join('\n'))

it('a difference read from either side gives that side', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      const side = (without: string) =>
        lines
          .filter(({ kind }) => kind !== without)
          .map(line => line.text)
          .join('\n')
      assert.equal(side('added'), before)
      assert.equal(side('removed'), after)
      if (before === after) assert.ok(lines.every(({ kind }) => kind === 'same'))
    }),
  )
})

it('one changed line is one line less and one more, with what stands around it', () => {
  const before = Array.from({ length: 40 }, (_, at) => `line ${at}`)
  const after = before.with(20, 'other')
  const shown = shortenDiff(diffLines(before.join('\n'), after.join('\r\n')), 1)
  assert.deepEqual(
    shown.map(({ kind, text }) => `${kind} ${text}`),
    ['same line 19', 'removed line 20', 'added other', 'same line 21'],
  )
  const two = shortenDiff(diffLines(before.join('\n'), after.with(30, 'more').join('\n')), 1)
  assert.deepEqual(
    two.map(({ kind }) => kind),
    ['same', 'removed', 'added', 'same', 'gap', 'same', 'removed', 'added', 'same'],
  )
})
