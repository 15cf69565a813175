import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { harnessUrl } from './harness.ts'

let place: { cwd: string; cache: string } | undefined

/** An empty folder to stand in, and a cache path below a file: whatever would be kept there (Cache API, localStorage) cannot be. */
function neutralPlace(): { cwd: string; cache: string } {
  if (place) return place
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-sandbox-'))
  const cwd = mkdtempSync(join(folder, 'empty-'))
  const wall = join(folder, 'none')
  writeFileSync(wall, '')
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  place = { cwd, cache: join(wall, 'cache') }
  return place
}

/**
 * Deno's own executable, in the package that npm chose for this machine: beside the sources, or in `resources/node_modules` of the packed
 * app. Without the script in front of it: one process less, and the pid is the right one.
 */
function denoPath(): string {
  const target = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`
  try {
    const beside = createRequire(createRequire(import.meta.url).resolve('deno/package.json'))
    const path = join(dirname(beside.resolve(`@deno/${target}/package.json`)), process.platform === 'win32' ? 'deno.exe' : 'deno')
    makeExecutable(path)
    return path
  } catch (cause) {
    throw new Error(`Deno is not installed for ${target}. Run npm install once more.`, { cause })
  }
}

/** Where npm runs no install scripts, nothing has made it executable yet. */
function makeExecutable(path: string): void {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    chmodSync(path, 0o755)
  }
}
let deno: string | undefined

/**
 * Starts a Deno process without any grant: no files, network, environment, programs, native code or system facts, and no downloads. The
 * heap limit stops JavaScript objects; the watchdog stops the rest.
 */
export function spawnDeno(heapMb: number): ChildProcessWithoutNullStreams {
  deno ??= denoPath()
  const { cwd, cache } = neutralPlace()
  const flags = [
    '--no-prompt',
    '--no-config',
    '--no-lock',
    '--no-remote',
    '--no-npm',
    '--quiet',
    `--v8-flags=--max-old-space-size=${heapMb}`,
  ]
  const env: Record<string, string> = { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
  // The zone is no secret, and dates are wrong without it. Windows starts no program without the other.
  for (const name of ['TZ', 'SystemRoot']) if (process.env[name]) env[name] = process.env[name]
  return spawn(deno, ['run', ...flags, harnessUrl], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
}
