import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'

/** Runs jq programs away from this thread, so that one which loops for ever stops nothing but itself. */
export type Jq = {
  /** All outputs of a program. Throws `validation` with jq's own words, or `timeout`. */
  run(program: string, input: Json): Promise<Json[]>
  /** What is wrong with a program as it is written, or null. */
  check(program: string): Promise<string | null>
  close(): Promise<void>
}

type Request = { program: string; input: string }
type Answer = { output: Json[] } | { error: string }
type Message = Answer | { ready: true }
type Job = Request & { resolve(answer: Answer): void; reject(error: AppError): void }

/**
 * jq 1.8 compiled to WebAssembly, in one worker thread that starts with the first program (40 ms) and sleeps in between.
 * A program takes about 1 ms. `limitMs`: how long one may take before it is stopped.
 */
export function createJq({ limitMs = 1000 }: { limitMs?: number } = {}): Jq {
  const jobs: Job[] = []
  const syntax = new Map<string, string | null>()
  let worker: Worker | null = null
  let ready = false
  let current: { job: Job; timer: NodeJS.Timeout | undefined } | null = null
  let closed = false

  function next(): void {
    if (current) return
    const job = jobs.shift()
    if (!job) {
      worker?.unref()
      return
    }
    const running = (worker ??= startWorker())
    running.ref()
    current = { job, timer: undefined }
    if (ready) startClock()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    running.postMessage({ program: job.program, input: job.input } satisfies Request)
  }

  function startWorker(): Worker {
    const started = new Worker(workerSource(), { eval: true, env: {} })
    started.on('message', (message: Message) => {
      if (started !== worker) return
      if ('ready' in message) {
        ready = true
        startClock()
      } else if ('error' in message && message.error.includes('Aborted(')) abandon('validation', 'It needed too much memory.')
      else settle(({ resolve }) => resolve(message))
    })
    started.on('error', error => started === worker && abandon('validation', `It could not be evaluated: ${error.message}`))
    return started
  }

  /** The first program waits for the worker to start, which is not its own fault. */
  function startClock(): void {
    if (current) current.timer ??= setTimeout(() => abandon('timeout', `It took longer than ${limitMs / 1000} s.`), limitMs)
  }

  function settle(finish: (job: Job) => void): void {
    if (!current) return
    const { job, timer } = current
    clearTimeout(timer)
    current = null
    finish(job)
    next()
  }

  function abandon(code: 'timeout' | 'validation' | 'cancelled', message: string): void {
    void worker?.terminate()
    worker = null
    ready = false
    settle(({ reject }) => reject(new AppError(code, message)))
  }

  function ask(program: string, input: Json): Promise<Answer> {
    if (closed) return Promise.reject(new AppError('cancelled', 'The app is closing.'))
    return new Promise((resolve, reject) => {
      jobs.push({ program, input: JSON.stringify(input), resolve, reject })
      next()
    })
  }

  return {
    async run(program, input) {
      const answer = await ask(program, input)
      if ('error' in answer) throw new AppError('validation', sentence(answer.error))
      return answer.output
    },
    async check(program) {
      const known = syntax.get(program)
      if (known !== undefined) return known
      // Compiled and never reached: only its syntax and its names are looked at. The newline ends a comment.
      const answer = await ask(`empty | (${program}\n)`, null)
      const problem = 'error' in answer ? sentence(answer.error) : null
      syntax.set(program, problem)
      return problem
    },
    async close() {
      closed = true
      for (const job of jobs.splice(0)) job.reject(new AppError('cancelled', 'The app is closing.'))
      abandon('cancelled', 'The app is closing.')
    },
  }
}

let source: string | undefined

/** As text, so that it also works from inside a packed archive, where a worker thread may not find files. */
function workerSource(): string {
  source ??= `${readFileSync(createRequire(import.meta.url).resolve('jq-wasm/inline'), 'utf8')}
;(() => {
  const { parentPort } = require('node:worker_threads')
  const loaded = module.exports.loadJq()
  loaded.then(() => parentPort.postMessage({ ready: true }))
  parentPort.on('message', async ({ program, input }) => {
    const jq = await loaded
    try { parentPort.postMessage({ output: jq.json(input, program) }) }
    catch (error) { parentPort.postMessage({ error: String(error.stderr || error.message) }) }
  })
})()`
  return source
}

/** jq writes for a terminal: “jq: error (at <stdin>:0): Cannot index string with "x"”. */
function sentence(stderr: string): string {
  const [first = ''] = stderr.trim().split('\n')
  const words = first
    .replace(/^jq: error(?: \(at [^)]*\))?(?: \(not a string\))?:\s*/, '')
    .replace(/ at <top-level>, line \d+.*$/, '')
    .replace(/ \(Unix shell quoting issues\?\)/, '')
  return /[.!?]$/.test(words) ? words : `${words}.`
}
