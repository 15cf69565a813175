import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { lettersOf, readRange, writeRange } from './a1.ts'

const names = ['Sheet1', 'My sheet', "Mia's"]

test('ranges of every form are read', () => {
  assert.deepEqual(readRange('A1', names), { sheet: null, top: 0, left: 0, bottom: 0, right: 0 })
  assert.deepEqual(readRange('B2:D9', names), { sheet: null, top: 1, left: 1, bottom: 8, right: 3 })
  assert.deepEqual(readRange('1:5', names), { sheet: null, top: 0, left: 0, bottom: 4, right: null })
  assert.deepEqual(readRange('A:C', names), { sheet: null, top: 0, left: 0, bottom: null, right: 2 })
  assert.deepEqual(readRange('Sheet1', names), { sheet: 'Sheet1', top: 0, left: 0, bottom: null, right: null })
  assert.deepEqual(readRange("'My sheet'!AA10", names), { sheet: 'My sheet', top: 9, left: 26, bottom: 9, right: 26 })
  assert.deepEqual(readRange("'Mia''s'!A2", names)?.sheet, "Mia's")
})

test('what is no range is none', () => {
  for (const text of ['', 'Nowhere!A1', "'Nowhere'", 'A1:B2:C3', 'A-1', '!A1', 'A']) assert.equal(readRange(text, names), null, text)
})

test('a written range is read as the same cells', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(5000),
      fc.nat(700),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      (sheet, top, left, rows, columns) => {
        assert.deepEqual(readRange(writeRange(sheet, top, left, rows, columns), names), {
          sheet,
          top,
          left,
          bottom: top + rows - 1,
          right: left + columns - 1,
        })
      },
    ),
  )
})

test('columns are counted as spreadsheets do', () => {
  assert.deepEqual([0, 25, 26, 51, 52, 701, 702].map(lettersOf), ['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
})
