/** `npm test`: sets up what is missing, then runs every check in order and stops at the first that fails. */
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

const startedAt = performance.now()
for (const [title, run] of stages) {
  say(`\n━━ ${title}`)
  const stageStartedAt = performance.now()
  if (!(await run())) {
    say(`\n${title}: failed after ${seconds(stageStartedAt)}.`)
    process.exit(1)
  }
  say(`${title}: passed in ${seconds(stageStartedAt)}.`)
}
say(`\nAll passed in ${seconds(startedAt)}.`)
