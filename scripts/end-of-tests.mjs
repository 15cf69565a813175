/** Preloaded for each test file: one that leaves something open fails, instead of holding up all that come after it for ever. */
import { after } from 'node:test'

const graceMs = 30_000

function giveUp() {
  process.stderr.write(`Something is still open ${graceMs / 1000} s after the last test of this file: close it there.\n`)
  process.exit(1)
}

// The runner is preloaded too, and has no tests of its own.
if (process.env['NODE_TEST_CONTEXT']) after(() => void setTimeout(giveUp, graceMs).unref())
