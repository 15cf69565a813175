import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say } from './paths.mjs'
import { runProgram } from './run-program.mjs'

const isOnPath = program => (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))

/** What the tests need beyond npm: Debian's package, and how to see that it is there. */
const needed = [
  { name: 'chromium', isThere: () => existsSync(process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium') },
  { name: 'gnome-keyring', isThere: () => isOnPath('gnome-keyring-daemon') },
  { name: 'dbus', isThere: () => isOnPath('dbus-run-session') },
  { name: 'faketime', isThere: () => isOnPath('faketime') },
  { name: 'strace', isThere: () => isOnPath('strace') },
  { name: 'iproute2', isThere: () => isOnPath('ip') },
  // Debian keeps its programs out of the path; a server that is there already will do as well.
  { name: 'postgresql', isThere: () => Boolean(process.env['TEST_DATABASE_URL']) || existsSync('/usr/lib/postgresql') },
]

/** Installs them with apt as root; else says in one sentence what is missing. True when all are there. */
export async function installSystemPackages() {
  const missing = needed.filter(({ isThere }) => !isThere()).map(({ name }) => name)
  if (missing.length === 0) return true
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    say(`The tests need ${missing.join(', ')}: install them (on Debian: sudo apt-get install ${missing.join(' ')}) and run npm test again.`)
    return false
  }
  say(`Installing ${missing.join(', ')}…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runProgram('apt-get', ['update', '-qq'], { quiet: true, env })
  const { code, output } = await runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    quiet: true,
    env,
  })
  if (code !== 0) say(`${output.trim()}\napt-get could not install ${missing.join(', ')}.`)
  return code === 0
}
