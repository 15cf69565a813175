import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as fc from 'fast-check'
import type { Json } from '../../core/json.ts'
import { holds, parseTemplate, resolve } from './expressions.ts'
import { createJq } from './jq.ts'

const jq = createJq({ limitMs: 400 })
after(() => jq.close())

const context: Json = {
  trigger: {
    data: { title: 'He "said"', n: 3, tags: ['x', 'y'], none: null, nested: { 'weird key': [1, { z: true }] } },
    changed_fields: ['n'],
  },
  steps: {
    find: [
      { id: 1, v: 'b' },
      { id: 2, v: 'a' },
    ],
  },
  now: '2026-11-21T10:00:00.000Z',
}

// What jq 1.8 answers, checked against the program itself.
const table: [expression: string, value: Json][] = [
  ['.trigger.data.title', 'He "said"'],
  ['.trigger.data.missing.deep', null],
  ['.trigger.data.tags[-1]', 'y'],
  ['.trigger.data.nested."weird key"[1].z', true],
  ['.trigger.data.none // "none"', 'none'],
  ['if .trigger.data.n > 2 then "big" else "small" end', 'big'],
  ['.trigger.changed_fields | index("n") != null', true],
  ['.steps.find | map(.v) | join(", ")', 'b, a'],
  ['.steps.find | sort_by(.v) | first | .id', 2],
  ['[.steps.find[] | select(.id == 2)]', [{ id: 2, v: 'a' }]],
  ['"Hi \\(.trigger.data.title)"', 'Hi He "said"'],
  ['{title: .trigger.data.title, twice: (.trigger.data.n * 2)}', { title: 'He "said"', twice: 6 }],
  ['try error("x") catch .', 'x'],
  ['.trigger.data.title | test("SAID"; "i")', true],
  ['.now[:19] + "Z" | fromdate | strftime("%d.%m.%Y")', '21.11.2026'],
  ['reduce .steps.find[] as $i (0; . + $i.id)', 3],
  ['.steps.find as [$a, $b] | $a.id + $b.id', 3],
  ['def twice(f): f * 2; twice(.trigger.data.n)', 6],
  ['.trigger.data | to_entries | map(.key) | length', 5],
  ['.trigger.data.tags | @csv', '"x","y"'],
  ['.trigger.data.title | gsub("[aeiou]"; "*")', 'H* "s**d"'],
  ['empty', null],
]

for (const [expression, value] of table) {
  test(`\${ ${expression} } gives ${JSON.stringify(value)}`, async () =>
    assert.deepEqual(await resolve(`\${ ${expression} }`, context, jq), value))
}

test('inside text a value is written out, and null as nothing', async () => {
  assert.equal(
    await resolve('${ .trigger.data.n } of ${ .trigger.data.tags } in “${ .trigger.data.none }” ${ .trigger.data.title }', context, jq),
    '3 of ["x","y"] in “” He "said"',
  )
})

test('values are resolved inside lists and objects, and keys are left alone', async () => {
  assert.deepEqual(await resolve({ '${ .a }': ['${ .trigger.data.n }', 5, null], plain: '$5 {x}' }, context, jq), {
    '${ .a }': [3, 5, null],
    plain: '$5 {x}',
  })
})

test('an expression ends where jq ends it: brackets, strings and comments are read', () => {
  for (const expression of ['{a: "}"}', '"\\(1 + {b: 2}.b) }"', '"\\"}" | . + "{"', '[1, {a: {b: 1}}]', '1 # } \n + 2', '"\\(")")"'])
    assert.deepEqual(parseTemplate(`a \${ ${expression} } b`), [{ text: 'a ' }, { expression }, { text: ' b' }])
  assert.throws(() => parseTemplate('a ${ .b '), { code: 'validation', message: /not closed/ })
})

test('text without expressions comes back as it is, whatever is in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async text => {
      fc.pre(!text.includes('${'))
      assert.equal(await resolve(text, context, jq), text)
    }),
  )
})

test('any text at all either resolves or fails with a sentence', async () => {
  const piece = fc.constantFrom('${', '}', '"', '\\(', ')', '.', 'a', '#', '\n', ' ', '[', ']', '{', '|', '1', 'x y')
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async parts => {
      const outcome = await resolve(parts.join(''), context, jq).catch(error => error)
      if (outcome instanceof Error)
        assert.match(outcome.message, /^(An expression is not closed|The expression “[\s\S]*” cannot be used): [\s\S]+[.!?]$/)
    }),
    { numRuns: 500 },
  )
})

test('several values where one is needed are refused, and the sentence says what to do', async () => {
  await assert.rejects(resolve('${ .trigger.data.tags[] }', context, jq), {
    code: 'validation',
    message: /gives 2 values, and one is needed. Put it in \[ \]/,
  })
})

test('an expression that loops for ever or takes all memory is stopped, and the next one runs', async () => {
  await assert.rejects(resolve('${ def f: f; f }', context, jq), { code: 'timeout', message: /took longer than 0.4 s/ })
  const [slow, quick] = await Promise.allSettled([resolve('${ [range(1e9)] | length }', context, jq), resolve('${ 1 + 1 }', context, jq)])
  assert.equal(slow.status, 'rejected')
  assert.deepEqual(quick, { status: 'fulfilled', value: 2 })
})

test('an expression sees nothing of this machine', async () => {
  assert.equal(await resolve('${ $ENV.HOME == "/home/web_user" and (env | has("PLUGBOARD_HOME") | not) }', context, jq), true)
})

test('a condition may stand with or without its brackets, and only null and false are no', async () => {
  for (const yes of ['.trigger.data.n', '${ .trigger.data.n == 3 }', '0', '""']) assert.equal(await holds(yes, context, jq), true, yes)
  for (const no of ['.trigger.data.none', '${ .trigger.data.n > 3 }', 'empty']) assert.equal(await holds(no, context, jq), false, no)
})
