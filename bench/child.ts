import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'

/** Starts a server as a process of its own; `line` is the first thing it says: where it runs. */
export async function startServer(file: string, ...words: string[]) {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [resolve(file), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = async () => {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  for await (const line of createInterface({ input: child.stdout })) return { line, stop }
  throw new Error(`${file} ended before it said where it runs.`)
}
