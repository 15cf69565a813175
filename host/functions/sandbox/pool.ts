import { startSandbox, type SandboxProcess } from './process.ts'

/** Most functions ask for this much memory: sandboxes of this size wait for work. */
export const usualMemoryMb = 200
const kept = 2

export type SandboxPool = {
  /** Starts the first ones, so that the first call finds one. */
  warm(): void
  /** A sandbox with this heap. Other sizes than the usual are started when asked for. */
  take(heapMb: number): SandboxProcess
  close(): void
}

/** Sandboxes that have started and wait for their code: taking one saves the start of a process. */
function createSandboxPool(): SandboxPool {
  const idle = new Set<SandboxProcess>()
  let isOpen = true

  function addOne(): void {
    const sandbox = startSandbox(usualMemoryMb)
    idle.add(sandbox)
    void sandbox.exited.finally(() => idle.delete(sandbox))
  }

  function fill(): void {
    for (let missing = isOpen ? kept - idle.size : 0; missing > 0; missing--) addOne()
  }

  return {
    warm: fill,
    take(heapMb) {
      const [waiting] = heapMb === usualMemoryMb ? idle : []
      if (waiting) idle.delete(waiting)
      setImmediate(fill)
      return waiting ?? startSandbox(heapMb)
    },
    close() {
      isOpen = false
      for (const sandbox of idle) sandbox.kill()
      idle.clear()
    },
  }
}

let shared: { pool: SandboxPool; users: number } | undefined

/** The pool of this process, whatever the number of its apps: an empty sandbox knows nothing of any of them. The last user ends it. */
export function joinSandboxPool(): SandboxPool {
  shared ??= { pool: createSandboxPool(), users: 0 }
  const joined = shared
  joined.users++
  let hasLeft = false
  return {
    ...joined.pool,
    close() {
      if (hasLeft) return
      hasLeft = true
      if (--joined.users > 0) return
      joined.pool.close()
      if (shared === joined) shared = undefined
    },
  }
}
