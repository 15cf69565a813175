import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inModules, pinnedNode } from './paths.mjs'
import { runProgram } from './run-program.mjs'

const fetchTimeoutMs = 8000
const tryAgainAfterMs = 24 * 60 * 60 * 1000
const failedNote = inModules('.cache', 'plugboard', 'electron-not-fetched')

/** Electron's program, or null when its binary is not there. */
export function electronProgram(folder = inModules('electron')) {
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim())
    return existsSync(program) ? program : null
  } catch {
    return null
  }
}

/** Why a window cannot be opened here, or null when it can. */
export function reasonAgainstWindow({ platform, environment, uid }) {
  if (platform !== 'linux') return null
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'there is no display here'
  if (uid === 0) return 'Electron does not run as root'
  return null
}

/** Fetches Electron's binary, for a few seconds at most. What could not be fetched is not asked for again for a day. */
async function fetchElectron({ again }) {
  if (!again && isRecent(failedNote)) return null
  const { code } = await runProgram(pinnedNode(), [inModules('electron', 'install.js')], { quiet: true, timeoutMs: fetchTimeoutMs })
  const program = code === 0 ? electronProgram() : null
  if (!program) {
    mkdirSync(dirname(failedNote), { recursive: true })
    writeFileSync(failedNote, '')
  }
  return program
}

const isRecent = file => existsSync(file) && Date.now() - statSync(file).mtimeMs < tryAgainAfterMs

/**
 * Which shell to run, and the one line that says so. `PLUGBOARD_SHELL` decides; else it is Electron where that can open a window.
 * Returns `{ kind, program?, line }`, or `{ kind: null, line }` when the shell asked for cannot be had.
 */
export async function chooseShell({
  environment = process.env,
  platform = process.platform,
  uid = process.getuid?.(),
  fetch = fetchElectron,
} = {}) {
  const asked = environment.PLUGBOARD_SHELL
  if (asked && asked !== 'serve' && asked !== 'electron')
    return { kind: null, line: `PLUGBOARD_SHELL is “${asked}”. It can be “serve” or “electron”.` }
  if (asked === 'serve') return { kind: 'serve', line: 'Opening in your browser, as PLUGBOARD_SHELL says.' }
  const against = asked ? null : reasonAgainstWindow({ platform, environment, uid })
  if (against) return { kind: 'serve', line: `Opening in your browser, because ${against}.` }
  const program = electronProgram() ?? (await fetch({ again: Boolean(asked) }))
  if (program) return { kind: 'electron', program, line: asked ? 'Opening in Electron, as PLUGBOARD_SHELL says.' : 'Opening in Electron.' }
  if (asked)
    return {
      kind: null,
      line: 'Electron’s binary is not here and could not be fetched. Run “npx install-electron”, or start without PLUGBOARD_SHELL.',
    }
  return { kind: 'serve', line: 'Opening in your browser, because Electron’s binary is not here and could not be fetched quickly.' }
}
