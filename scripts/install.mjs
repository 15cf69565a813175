import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasPinnedNode, inModules, root, say, seconds } from './paths.mjs'
import { runNpm, runProgram } from './run-program.mjs'

/** Installs what the lockfile names, when it is not there yet. False when that failed; why has been said. */
export async function install() {
  if (isInstalled(readLock(join(root, 'package-lock.json')), readLock(inModules('.package-lock.json'))) && hasPinnedNode()) return true
  const isFresh = !existsSync(inModules())
  const startedAt = performance.now()
  say(isFresh ? 'Installing packages (once, about a minute)…' : 'Updating packages…')
  const stillThere = setInterval(() => say(`  still installing, ${seconds(startedAt)}`), 15_000)
  // `npm ci` would delete the Node that may be running this.
  const args = [isFresh ? 'ci' : 'install', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await runNpm(args, { quiet: true, cwd: root })
  clearInterval(stillThere)
  if (code !== 0) {
    say(`${output.trim()}\nThe packages could not be installed. Check that npm reaches its registry, then run this again.`)
    return false
  }
  if (!hasPinnedNode()) await installPinnedNode()
  if (!hasPinnedNode()) {
    say('npm has installed everything but Node 24, because its install script did not run. Run “npm rebuild node”, then this again.')
    return false
  }
  say(`Installed in ${seconds(startedAt)}.`)
  return true
}

/** npm's `node` fetches the binary for this machine in an install script, which a careful npm leaves out. */
const installPinnedNode = () => runProgram(process.execPath, ['installArchSpecificPackage.js'], { quiet: true, cwd: inModules('node') })

/** True when each package of the lockfile is there in that version. Optional ones are for other machines and may be missing. */
export function isInstalled(lock, installed) {
  if (!lock || !installed) return false
  return Object.entries(lock.packages).every(([path, { version, optional }]) => {
    const there = installed.packages[path]
    return path === '' || (there ? there.version === version : Boolean(optional))
  })
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
