import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from './run-program.mjs'

const node = (script, options) => runProgram(process.execPath, ['-e', script], options)

test('what is shown is kept too, with the exit code', async () => {
  const { code, output } = await node(`console.log('one'); console.error('two'); process.exitCode = 3`, { echo: true })
  assert.equal(code, 3)
  assert.deepEqual(output.trim().split('\n').toSorted(), ['one', 'two'])
})

test('what a program left behind with its output open holds up nothing', async () => {
  const orphan = `setTimeout(() => {}, 60000)`
  const started = performance.now()
  const { code, output } = await node(
    `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(orphan)}], { stdio: 'inherit', detached: true })
     console.log(child.pid); child.unref()`,
    { echo: true },
  )
  process.kill(Number(output.trim()))
  assert.equal(code, 0)
  assert.ok(performance.now() - started < 30_000)
})
