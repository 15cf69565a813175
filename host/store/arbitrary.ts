import * as fc from 'fast-check'
import type { Json } from '../../core/json.ts'
import type { Doc } from './values.ts'

/** Awkward records for the store's property tests: what databases and JavaScript disagree on. */

export const texts = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '',
      'a',
      'A',
      'b',
      'ab',
      'Ab',
      'aB',
      'abc',
      'é',
      'e\u0301',
      'É',
      'ß',
      'SS',
      'ı',
      'İ',
      'K',
      'ſ',
      '0',
      '1',
      '10',
      '9',
      '1.0',
      'true',
      'null',
      '{"x":1}',
      '[1]',
      '"',
      "'",
      '\\',
      '%',
      '_',
      'a%b',
      'a_b',
      'a\nb',
      '\t',
      '😀',
      '\uff61',
      '\uffff',
      '\ud7ff',
      '\ue000',
      '\u{10ffff}',
      '\u007f',
      '\u0001',
      '2026-01-02',
      '2026-01-02T03:04:05.678Z',
      ' a',
      'a ',
      '-',
      'a-b',
      'a b',
      '\u00a0',
      '\u200b',
      '漢字',
      'ß1',
      'zz',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).filter(text => !text.includes('\0')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('x', '😀', 'é'), fc.integer({ min: 253, max: 258 }), fc.constantFrom('', 'a', 'b'))
      .map(([unit, n, end]) => unit.repeat(n) + end),
  },
)
const numbers = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      0,
      1,
      -1,
      2,
      3,
      10,
      0.1,
      0.2,
      0.3,
      0.1 + 0.2,
      1e21,
      1e-7,
      2 ** 53,
      2 ** 53 + 2,
      2 ** 58,
      2 ** 60,
      2 ** 61,
      2 ** 62,
      -(2 ** 60),
      2 ** 63,
      2 ** 64,
      -(2 ** 63),
      5e-324,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      1e300,
      123456789012345680000,
      0.30000000000000004,
      1.7976931348623155e308,
    ),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => (n + 0 === 0 ? 0 : n)) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 12 }) },
)
export const scalars = fc.oneof({ weight: 4, arbitrary: texts }, { weight: 4, arbitrary: numbers }, fc.boolean(), fc.constant(null))
const smallObject = fc.dictionary(fc.constantFrom('x', 'y', 'city', 'a'), scalars, { maxKeys: 3 })
const arrays = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: scalars },
    { weight: 2, arbitrary: smallObject },
    { weight: 1, arbitrary: fc.array(scalars, { maxLength: 2 }) },
  ),
  { maxLength: 4 },
)
const anything: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalars },
  { weight: 2, arbitrary: arrays },
  { weight: 1, arbitrary: smallObject },
)
const drift = (usual: fc.Arbitrary<Json>) => fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: anything })
export const data = fc.record(
  {
    s: drift(texts),
    n: drift(numbers),
    b: drift(fc.boolean()),
    tags: drift(arrays),
    m: anything,
    o: drift(fc.record({ city: scalars, x: anything, y: fc.record({ z: scalars }), a: arrays }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Doc>
