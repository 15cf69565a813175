/** `npm test`: sets up what is missing, then runs every check in order. What needs none of the others still runs after a failure, so that one run tells all. */
import { build } from './build.mjs'
import { install } from './install.mjs'
import { root, say, seconds } from './paths.mjs'
import { runNpm } from './run-program.mjs'
import { installSystemPackages } from './system-packages.mjs'

const script = name => async () => (await runNpm(['run', '--silent', name], { cwd: root })).code === 0
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
say(failed.length ? `\nFailed: ${failed.join(', ')}.` : `\nAll passed in ${seconds(startedAt)}.`)
process.exitCode = failed.length ? 1 : 0
