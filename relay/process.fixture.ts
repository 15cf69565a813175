import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Teardown } from './relay.fixture.ts'

/** A relay as a process of its own, as operators run it. Killed at the end of the test when it has not ended by then. */
export function spawnRelay(
  t: Teardown,
  settings: Record<string, string>,
  args: string[] = [],
  program = join(import.meta.dirname, 'serve.ts'),
) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let ended = false
  const changed = () => {
    for (const look of waiting) look()
  }
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', line => {
      lines.push(line)
      changed()
    })
  const exit = once(child, 'close').then(([code]) => {
    ended = true
    changed()
    return code as number | null
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await exit
  })

  /** The first line that matches. Rejects when the process ends without it. */
  function line(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.map(text => pattern.exec(text)).find(match => match !== null)
        if (!found && !ended) return
        waiting.delete(look)
        if (found) resolve(found)
        else reject(new Error(`The relay ended without ${String(pattern)}:\n${lines.join('\n')}`))
      }
      waiting.add(look)
      look()
    })
  }

  return {
    child,
    lines,
    exit,
    line,
    url: async () => (await line(/The relay is running at (http:\/\/127\.0\.0\.1:\d+)/))[1] ?? '',
  }
}
