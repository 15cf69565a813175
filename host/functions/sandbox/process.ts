import { randomBytes } from 'node:crypto'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawnDeno } from './deno.ts'
import { endWithUs } from './reaper.ts'
import { readMessage, type FromSandbox, type ToSandbox } from './messages.ts'

/** A line of this length is no message of ours. */
const longestLine = 32_000_000

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** One sandbox process and the line to it. */
export type SandboxProcess = {
  pid: number
  heapMb: number
  /** Fulfilled when it can load code. Rejects when it could not start. */
  ready: Promise<void>
  exited: Promise<Exit>
  send(message: ToSandbox): void
  onMessage(listener: (message: FromSandbox) => void): void
  kill(): void
}

export function startSandbox(heapMb: number): SandboxProcess {
  const child = spawnDeno(heapMb)
  const mark = randomBytes(18).toString('base64url')
  const exited = Promise.withResolvers<Exit>()
  const ready = Promise.withResolvers<void>()
  let listener: ((message: FromSandbox) => void) | undefined
  let complaint = ''

  child.on('exit', (code, signal) => exited.resolve({ code, signal }))
  child.on('error', error => {
    ready.reject(error)
    exited.resolve({ code: null, signal: null })
  })
  endWithUs(child.pid ?? 0, exited.promise)
  child.stderr.setEncoding('utf8').on('data', text => {
    complaint = (complaint + String(text)).slice(-2000)
  })
  // A process that is gone says so by its exit.
  child.stdin.on('error', () => {})
  ready.promise.catch(() => {})
  void exited.promise.then(() => ready.reject(new Error(`The sandbox did not start: ${complaint}`)))

  readLines(child, mark, message => {
    if (message.type === 'ready') ready.resolve()
    else listener?.(message)
  })

  const write = gatherWrites(child)
  write({ type: 'mark', mark })
  return {
    pid: child.pid ?? 0,
    heapMb,
    ready: ready.promise,
    exited: exited.promise,
    send: write,
    onMessage: next => {
      listener = next
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** What is sent in one turn goes out in one write: a busy function costs a system call per turn, not per call. */
function gatherWrites(child: ChildProcessWithoutNullStreams): (message: ToSandbox) => void {
  let pending = ''
  return message => {
    if (pending === '')
      setImmediate(() => {
        child.stdin.write(pending)
        pending = ''
      })
    pending += `${JSON.stringify(message)}\n`
  }
}

/** Lines without the mark are what user code wrote by itself: they are nobody's. A marked line that cannot be read ends the process. */
function readLines(child: ChildProcessWithoutNullStreams, mark: string, receive: (message: FromSandbox) => void): void {
  let parts: string[] = []
  let length = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const end = chunk.lastIndexOf('\n')
    if (end < 0) {
      parts.push(chunk)
      length += chunk.length
      if (length > longestLine) child.kill('SIGKILL')
      return
    }
    const lines = parts.join('') + chunk.slice(0, end)
    parts = [chunk.slice(end + 1)]
    length = chunk.length - end - 1
    for (const line of lines.split('\n')) {
      if (!line.startsWith(mark)) continue
      const message = readMessage(line.slice(mark.length))
      if (message) receive(message)
      else child.kill('SIGKILL')
    }
  })
}
