/**
 * `node scripts/run-tests.mjs PATTERN…`: runs test files, as many at a time as the machine has processors, in a temporary folder of their
 * own that goes with them.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { runProgram } from './run-program.mjs'

const args = [
  '--import=./scripts/end-of-tests.mjs',
  '--test',
  '--test-timeout=300000',
  // By itself, Node leaves one processor to the runner, which has next to nothing to do.
  `--test-concurrency=${availableParallelism()}`,
]

const folder = await mkdtemp(join(tmpdir(), 'pb-'))
// Postgres runs as another user, and has its files in it.
await chmod(folder, 0o711)
const env = { ...process.env, TMPDIR: folder, TEMP: folder }
const { code } = await runProgram(process.execPath, [...args, ...process.argv.slice(2)], { cwd: root, env })
// What the tests started may take a moment to end, and writes until then.
await rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
process.exitCode = code ?? 1
