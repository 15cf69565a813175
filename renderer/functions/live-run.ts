import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { AppError, isErrorCode, type ErrorShape } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { LogLine } from '../../core/run.ts'
import { client } from '../client.ts'

/** A run that this window has started. `lines` holds the newest ones. */
export type LiveRun = {
  state: 'running' | 'succeeded' | 'failed' | 'stopped'
  startedAt: string
  finishedAt: string | null
  runId: string | null
  lines: LogLine[]
  dropped: number
  output: Json
  error: ErrorShape | null
  durationMs: number | null
}

const mostLines = 1000
/** Log lines are shown together in this rhythm: a function that logs in a loop must not stop the page. */
const beatMs = 100

/** By app and function: the last run started here. It goes on while other screens are looked at. */
export const useLiveRuns = create<Record<string, LiveRun>>(() => ({}))
const stops = new Map<string, AbortController>()

/** By app and function: the input as typed. */
export const useInputs = create<{ typed: Record<string, string> }>()(persist(() => ({ typed: {} }), { name: 'plugboard.inputs' }))

export const runKey = (appId: string, name: string): string => `${appId}/${name}`

export function setInput(key: string, text: string | null): void {
  useInputs.setState(({ typed }) => {
    const { [key]: _, ...others } = typed
    return { typed: text === null ? others : { ...others, [key]: text } }
  })
}

export const stopRun = (key: string): void => stops.get(key)?.abort()

export const clearLog = (key: string): void => {
  const run = useLiveRuns.getState()[key]
  if (run) useLiveRuns.setState({ [key]: { ...run, lines: [], dropped: 0 } })
}

/** Runs a function and follows it to its end. Never throws: what goes wrong is part of the run. */
export async function startRun(appId: string, name: string, input: Json): Promise<void> {
  const key = runKey(appId, name)
  stopRun(key)
  const stop = new AbortController()
  stops.set(key, stop)
  const began = performance.now()
  const startedAt = new Date().toISOString()
  const set = (change: Partial<LiveRun>): void => {
    const run = useLiveRuns.getState()[key]
    if (run && stops.get(key) === stop) useLiveRuns.setState({ [key]: { ...run, ...change } })
  }
  const log = batch(lines => {
    const run = useLiveRuns.getState()[key]
    if (!run) return
    const all = [...run.lines, ...lines]
    set({ lines: all.slice(-mostLines), dropped: run.dropped + Math.max(0, all.length - mostLines) })
  })
  const end = (change: Pick<LiveRun, 'state'> & Partial<LiveRun>): void => {
    log.flush()
    set({ durationMs: performance.now() - began, finishedAt: new Date().toISOString(), ...change })
  }
  useLiveRuns.setState({
    [key]: {
      state: 'running',
      startedAt,
      finishedAt: null,
      runId: null,
      lines: [],
      dropped: 0,
      output: null,
      error: null,
      durationMs: null,
    },
  })
  try {
    for await (const event of await client.host.functions.run({ appId, name, input }, { signal: stop.signal })) {
      if (event.type === 'started') set({ runId: event.runId })
      else if (event.type === 'log') log.add(event.line)
      else if (event.type === 'result') end({ state: 'succeeded', output: event.output, durationMs: event.durationMs })
      else
        end({ state: event.error.code === 'cancelled' ? 'stopped' : 'failed', error: toShape(event.error), durationMs: event.durationMs })
    }
  } catch (error) {
    if (!stop.signal.aborted) end({ state: 'failed', error: AppError.from(error).toJSON() })
  }
  if (useLiveRuns.getState()[key]?.state === 'running') end({ state: 'stopped' })
}

function toShape({ code, ...rest }: { code: string; message: string; details?: string; action?: ErrorShape['action'] }): ErrorShape {
  return { code: isErrorCode(code) ? code : 'internal', ...rest }
}

function batch(show: (lines: LogLine[]) => void): { add(line: LogLine): void; flush(): void } {
  let waiting: LogLine[] = []
  let beat: ReturnType<typeof setTimeout> | undefined
  function flush(): void {
    clearTimeout(beat)
    beat = undefined
    if (waiting.length > 0) show(waiting)
    waiting = []
  }
  return {
    add(line) {
      waiting.push(line)
      beat ??= setTimeout(flush, beatMs)
    },
    flush,
  }
}
