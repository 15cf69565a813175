import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inModules, pinnedNode, root, say, seconds } from './paths.mjs'
import { runProgram } from './run-program.mjs'

const page = ['core', 'renderer', 'package-lock.json']
const desktop = {
  what: 'Plugboard',
  sources: [...page, 'connectors', 'host', 'oauth', 'tokens', 'planner', 'main', 'preload', 'resources', 'electron.vite.config.ts'],
  stamp: join(root, 'out', '.stamp'),
  words: [inModules('electron-vite', 'bin', 'electron-vite.js'), 'build'],
}
/** What a relay serves as the pages of published apps. */
const published = {
  what: 'the pages of published apps',
  sources: [...page, 'published.vite.config.ts'],
  stamp: join(root, 'out', 'published', '.stamp'),
  words: [inModules('vite', 'bin', 'vite.js'), 'build', '--config', join(root, 'published.vite.config.ts')],
}

/** Builds the shells, the host and the pages, unless that was done from the same sources. False when it failed; why has been said. */
export const build = async () => (await buildOnce(desktop)) && buildPublished()

/** Builds what a relay needs. */
export const buildPublished = () => buildOnce(published)

async function buildOnce({ what, sources, stamp, words }) {
  const fingerprint = fingerprintOf(root, sources)
  if (readStamp(stamp) === fingerprint) return true
  const startedAt = performance.now()
  say(`Building ${what}…`)
  const { code, output } = await runProgram(pinnedNode(), words, { quiet: true, cwd: root })
  if (code !== 0) {
    say(`${output.trim()}\nThe build failed.`)
    return false
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, fingerprint)
  say(`Built in ${seconds(startedAt)}.`)
  return true
}

function readStamp(stamp) {
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

/** `npm run build`; with `--published`, what a relay needs alone. */
if (process.argv[1] === import.meta.filename) {
  const done = process.argv.includes('--published') ? await buildPublished() : await build()
  process.exitCode = done ? 0 : 1
}
