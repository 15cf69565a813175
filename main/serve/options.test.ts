import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppError } from '../../core/errors.ts'
import { parseServeOptions } from './options.ts'

test('without options the usual port is used and the browser opens', () => {
  assert.deepEqual(parseServeOptions([]), { port: null, open: true })
})

test('the port and the browser can be chosen', () => {
  assert.deepEqual(parseServeOptions(['--port', '0', '--no-open']), { port: 0, open: false })
  assert.deepEqual(parseServeOptions(['--port=8080']), { port: 8080, open: true })
})

test('what is not a port is told', () => {
  for (const port of ['x', '65536', '-1', '1.5', ''])
    assert.throws(
      () => parseServeOptions([`--port=${port}`]),
      (error: AppError) => error.code === 'validation' && error.message.includes('is not a port'),
      port,
    )
})

test('an unknown option is told with those that exist', () => {
  assert.throws(() => parseServeOptions(['--prot', '1']), /knows the options --port N and --no-open/)
})
