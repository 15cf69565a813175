import { AppError } from '../core/errors.ts'
import { createBudgets } from './gateway/budgets.ts'
import type { CredentialsClient } from './gateway/gateway.ts'
import { startFolderApp } from './folder-app.ts'
import type { RunningApp } from './running-app.ts'

export type Host = ReturnType<typeof createHost>

/** The apps whose folders are open on this machine. It asks for tokens through `credentials` and holds none. */
export function createHost({ credentials, report }: { credentials: CredentialsClient; report: (error: AppError) => void }) {
  const apps = new Map<string, Promise<RunningApp>>()
  const budgets = createBudgets()

  return {
    /** Starts an app's folder; opening it again gives the one that runs. */
    open(appId: string, path: string): Promise<RunningApp> {
      const running = apps.get(appId)
      if (running) return running
      const starting = startFolderApp({ appId, path, credentials, budgets, report })
      apps.set(appId, starting)
      starting.catch(() => apps.delete(appId))
      return starting
    },
    async app(appId: string): Promise<RunningApp> {
      const running = apps.get(appId)
      if (!running) throw new AppError('not_found', 'This app is not open. Open it from Home.')
      return running
    },
    async closeApp(appId: string): Promise<void> {
      const running = apps.get(appId)
      apps.delete(appId)
      await (await running)?.close()
    },
    async close(): Promise<void> {
      const all = [...apps.values()]
      apps.clear()
      await Promise.allSettled(all.map(async app => (await app).close()))
    },
  }
}
