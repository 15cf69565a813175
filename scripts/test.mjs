/**
 * `npm test`: sets up what is missing, then runs every check in order. What needs none of the others still runs after a failure, so that
 * one run tells all; how a check ended that failed is said again at the very end, however much came after it.
 */
import { build } from './build.mjs'
import { install } from './install.mjs'
import { root, say, seconds } from './paths.mjs'
import { runNpm } from './run-program.mjs'
import { installSystemPackages } from './system-packages.mjs'

/** What is said again of a check that failed, in characters: its last words, where test runners tell what failed. */
const lastWords = 8_000
// What writes into a pipe does without colours, unless told.
const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env

const failures = []
const script = name => async () => {
  const { code, output } = await runNpm(['run', '--silent', name], { cwd: root, env, echo: true })
  if (code !== 0) failures.push(output.slice(-lastWords))
  return code === 0
}
const stages = [
  ['Set-up', async () => (await install()) && (await installSystemPackages())],
  ['Lint', script('lint')],
  ['Format', script('format:check')],
  ['Types', script('types')],
  ['Build', build],
  ['Unit tests', script('unit')],
  ['End-to-end tests', script('e2e')],
]

/** Without these nothing that follows can be believed. */
const needed = new Set(['Set-up', 'Build'])
const startedAt = performance.now()
const failed = []
for (const [title, run] of stages) {
  say(`\n━━ ${title}`)
  const stageStartedAt = performance.now()
  if (!(await run())) {
    say(`\n${title}: failed after ${seconds(stageStartedAt)}.`)
    failed.push(title)
    if (needed.has(title)) break
  } else say(`${title}: passed in ${seconds(stageStartedAt)}.`)
}
for (const words of failures) say(`\n━━ Failed, said again\n${words}`)
say(failed.length ? `\nFailed: ${failed.join(', ')}.` : `\nAll passed in ${seconds(startedAt)}.`)
process.exitCode = failed.length ? 1 : 0
