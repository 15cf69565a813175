import pidusage from 'pidusage'

/** Linux has the figure in a file. Elsewhere a program must be started to ask for it. */
const everyMs = process.platform === 'linux' ? 25 : 250

/**
 * Watches the memory of processes and tells of those that outgrow their limit: V8's own limit covers JavaScript objects, but not the
 * buffers beside them. Looks only while something is watched.
 */
export function createWatchdog() {
  const watched = new Map<number, { limitBytes: number; onExceeded: () => void }>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      const usage = await pidusage([...watched.keys()])
      for (const [pid, { limitBytes, onExceeded }] of watched) if ((usage[pid]?.memory ?? 0) > limitBytes) onExceeded()
    } catch {
      // A process that ended between two looks; its exit is told elsewhere.
    } finally {
      isLooking = false
    }
  }

  function rest(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    watch(pid: number, limitBytes: number, onExceeded: () => void): void {
      watched.set(pid, { limitBytes, onExceeded })
      timer ??= setInterval(() => void look(), everyMs)
    },
    unwatch(pid: number): void {
      watched.delete(pid)
      if (watched.size === 0) rest()
    },
    close(): void {
      watched.clear()
      rest()
    },
  }
}

export type Watchdog = ReturnType<typeof createWatchdog>
