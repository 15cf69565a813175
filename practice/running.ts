import { join } from 'node:path'
import type { Service } from './emulated.ts'
import { startService, type RunningService } from './service.ts'

export type Running = ReturnType<typeof createRunning>

/** The accounts that this process serves, each started once. */
export function createRunning(report: (problem: string) => void) {
  const running = new Map<string, Promise<RunningService>>()
  return {
    /** The origin of the account that is kept in `folder`. A start that failed is tried again with the next call. */
    async originOf(service: Service, folder: string, redirectUri?: string): Promise<string> {
      const key = join(folder, service)
      let starting = running.get(key)
      if (!starting) {
        starting = startService(service, folder, report)
        running.set(key, starting)
        starting.catch(() => running.delete(key))
      }
      const { origin, returnsTo } = await starting
      if (redirectUri !== undefined) returnsTo.add(redirectUri)
      return origin
    },
    async close(): Promise<void> {
      for (const started of await Promise.allSettled(running.values())) if (started.status === 'fulfilled') await started.value.close()
    },
  }
}
