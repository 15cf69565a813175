import type { AppModel } from '../core/app/model.ts'
import type { ContractRouterClient } from '@orpc/contract'
import type { HostContract } from '../core/contract/host.ts'
import { AppError } from '../core/errors.ts'
import { Changes } from '../core/rpc/stream.ts'

type HostClient = ContractRouterClient<HostContract>

export type OpenApps = ReturnType<typeof createOpenApps>

/** The apps that the host runs, each with the model the host last told of. Rooms of main read it without asking the host. */
export function createOpenApps(host: () => HostClient, report: (error: AppError) => void) {
  const models = new Map<string, AppModel>()
  const following = new Map<string, AbortController>()
  const changes = new Changes<string>()

  function keep(model: AppModel): void {
    models.set(model.id, model)
    changes.publish(model.id)
  }

  /** Follows one app until its stream ends: with the host's death, or because the app was closed. */
  async function follow(appId: string): Promise<void> {
    following.get(appId)?.abort()
    const stop = new AbortController()
    following.set(appId, stop)
    try {
      for await (const model of await host().apps.watch({ appId }, { signal: stop.signal })) keep(model)
    } catch (error) {
      const known = AppError.from(error)
      if (!stop.signal.aborted && known.code !== 'unavailable') report(known)
    }
  }

  return {
    changes,
    model: (appId: string): AppModel | null => models.get(appId) ?? null,
    ids: () => [...models.keys()],
    async open(appId: string, path: string): Promise<AppModel> {
      const model = await host().apps.open({ appId, path })
      keep(model)
      void follow(appId)
      return model
    },
    async close(appId: string): Promise<void> {
      following.get(appId)?.abort()
      following.delete(appId)
      models.delete(appId)
      await host().apps.close({ appId })
    },
    /** Reads the folder now, after main wrote to it: who asked must not see the old model. */
    async reload(appId: string): Promise<void> {
      if (models.has(appId)) keep(await host().apps.reload({ appId }))
    },
    /** After the host has started again. */
    followAgain: (appId: string) => void follow(appId),
    flowsOn: () => [...models.values()].flatMap(model => model.flows).filter(({ flow }) => flow.is_active).length,
    stop: () => following.forEach(controller => controller.abort()),
  }
}
