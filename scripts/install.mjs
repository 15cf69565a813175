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
  const { code, output } = await installPackages(isFresh)
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

/**
 * In a fresh clone `npm ci`, to the letter of the lockfile. It refuses a lockfile that lacks a package for another system, which happens
 * where the registry has not all of them: then `npm install`, as also over what is there, since `npm ci` would delete the Node that
 * may be running this.
 */
async function installPackages(isFresh) {
  const run = (...args) => runNpm([...args, '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true, cwd: root })
  if (isFresh) {
    const result = await run('ci')
    if (result.code === 0 || !result.output.includes('EUSAGE')) return result
  }
  return run('install', '--no-save')
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
