import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inModules, pinnedNode, root, say, seconds } from './paths.mjs'
import { runProgram } from './run-program.mjs'

const sources = [
  'core',
  'connectors',
  'host',
  'oauth',
  'tokens',
  'planner',
  'main',
  'preload',
  'renderer',
  'resources',
  'electron.vite.config.ts',
  'package-lock.json',
]
const stamp = join(root, 'out', '.stamp')

/** Builds the shells, the host and the page, unless that was done from the same sources. False when it failed; why has been said. */
export async function build() {
  const fingerprint = fingerprintOf(root, sources)
  if (readStamp() === fingerprint) return true
  const startedAt = performance.now()
  say('Building…')
  const { code, output } = await runProgram(pinnedNode(), [inModules('electron-vite', 'bin', 'electron-vite.js'), 'build'], {
    quiet: true,
    cwd: root,
  })
  if (code !== 0) {
    say(`${output.trim()}\nThe build failed.`)
    return false
  }
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, fingerprint)
  say(`Built in ${seconds(startedAt)}.`)
  return true
}

function readStamp() {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return null
  }
}

/** Changes with the content or the name of any source file, not with its date. Tests are no part of the build. */
export function fingerprintOf(folder, paths) {
  const hash = createHash('sha256')
  for (const path of paths)
    for (const file of filesOf(folder, path))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(folder, file)))
        .update('\0')
  return hash.digest('hex')
}

function filesOf(folder, path) {
  let entries
  try {
    entries = readdirSync(join(folder, path), { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path]
    if (error.code === 'ENOENT') return []
    throw error
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => !/\.(test|fixture)\.tsx?$/.test(name))
    .flatMap(entry => (entry.isDirectory() ? filesOf(folder, join(path, entry.name)) : [join(path, entry.name)]))
}

if (process.argv[1] === import.meta.filename) process.exitCode = (await build()) ? 0 : 1
