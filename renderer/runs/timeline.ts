import type { RunDetail, RunStep } from '../../core/run.ts'

export type Bar = { leftPercent: number; widthPercent: number }

/** Where each step lies within its run's time, for the bars of the timeline. A step still at work reaches to `now`. */
export function barsOf(run: Pick<RunDetail, 'startedAt' | 'createdAt' | 'steps'>, now: number): { spanMs: number; bars: Map<string, Bar> } {
  const start = Date.parse(run.startedAt ?? run.createdAt)
  const ends = run.steps.map(step => endOf(step, now))
  const spanMs = Math.max(1, Math.max(start, ...ends.filter(end => end !== null)) - start)
  const bars = new Map<string, Bar>()
  run.steps.forEach((step, index) => {
    const end = ends[index] ?? null
    if (!step.startedAt || end === null) return
    const widthPercent = Math.max(1.5, ((end - Date.parse(step.startedAt)) / spanMs) * 100)
    const leftPercent = Math.min(((Date.parse(step.startedAt) - start) / spanMs) * 100, 100 - widthPercent)
    bars.set(step.id, { leftPercent: Math.max(0, leftPercent), widthPercent: Math.min(100, widthPercent) })
  })
  return { spanMs, bars }
}

function endOf(step: RunStep, now: number): number | null {
  if (!step.startedAt) return null
  return step.finishedAt ? Date.parse(step.finishedAt) : now
}

/** “0 s”, “2.5 s”, “5 s”: the start, middle and end of an axis. */
export function ticksOf(spanMs: number): string[] {
  const inSeconds = spanMs >= 1000
  const words = (ms: number) => (inSeconds ? `${Number((ms / 1000).toPrecision(2))} s` : `${Math.round(ms)} ms`)
  return [inSeconds ? '0 s' : '0 ms', words(spanMs / 2), words(spanMs)]
}
