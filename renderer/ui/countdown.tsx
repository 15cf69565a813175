import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function listen(listener: () => void): () => void {
  if (listeners.size === 0)
    timer = setInterval(() => {
      for (const each of listeners) each()
    }, 1000)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** Epoch ms in whole seconds, moved on each second while somebody looks. */
export const useSecond = (): number => useSyncExternalStore(listen, () => Math.floor(Date.now() / 1000) * 1000)

/** “4:05” until an ISO time; “0:00” when it is past. */
export function Countdown({ until }: { until: string }) {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - useSecond()) / 1000))
  return (
    <span role="timer" className="tabular-nums">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  )
}
