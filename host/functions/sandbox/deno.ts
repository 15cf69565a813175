import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { harnessUrl } from './harness.ts'

let place: { cwd: string; cache: string } | undefined

/** An empty folder to stand in, and a cache path below a file: whatever would be kept there (Cache API, localStorage) cannot be. */
function neutralPlace(): { cwd: string; cache: string } {
  if (place) return place
  const cwd = mkdtempSync(join(tmpdir(), 'plugboard-sandbox-'))
  const wall = join(mkdtempSync(join(tmpdir(), 'plugboard-cache-')), 'none')
  writeFileSync(wall, '')
  place = { cwd, cache: join(wall, 'cache') }
  return place
}

/** Deno's own executable, without the script in front of it: one process less, and the pid is the right one. */
function denoPath(): string {
  const require = createRequire(import.meta.url)
  const install = require('deno/install_api.cjs') as { runInstall(): string }
  try {
    return install.runInstall()
  } catch (cause) {
    throw new Error(
      `Deno is not installed for ${process.platform} ${process.arch} (looked in ${dirname(require.resolve('deno/package.json'))}).`,
      { cause },
    )
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
  if (process.env['TZ']) env['TZ'] = process.env['TZ']
  return spawn(deno, ['run', ...flags, harnessUrl], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
}
