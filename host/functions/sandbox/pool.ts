import { startSandbox, type SandboxProcess } from './process.ts'

const kept = 2

/** Sandboxes that have started and wait for their code: taking one saves the start of a process. */
export function createSandboxPool(heapMb: number) {
  const idle: SandboxProcess[] = []
  let isOpen = true

  function refill(): void {
    if (!isOpen) return
    while (idle.length < kept) {
      const sandbox = startSandbox(heapMb)
      idle.push(sandbox)
      void sandbox.exited.then(() => {
        const index = idle.indexOf(sandbox)
        if (index >= 0) idle.splice(index, 1)
      })
    }
  }

  return {
    /** Starts the first ones, so that the first call finds one. */
    warm: refill,
    /** A sandbox of at least this heap. Other sizes than the usual are started when asked for. */
    take(wantedHeapMb: number): SandboxProcess {
      const sandbox = wantedHeapMb === heapMb ? (idle.shift() ?? startSandbox(heapMb)) : startSandbox(wantedHeapMb)
      setImmediate(refill)
      return sandbox
    },
    close(): void {
      isOpen = false
      for (const sandbox of idle.splice(0)) sandbox.kill()
    },
  }
}

export type SandboxPool = ReturnType<typeof createSandboxPool>
