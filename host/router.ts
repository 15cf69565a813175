import { monitorEventLoopDelay } from 'node:perf_hooks'
import { implement } from '@orpc/server'
import { hostContract } from '../core/contract/host.ts'
import { AppError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import type { LogLine } from '../core/run.ts'
import { Changes } from '../core/rpc/stream.ts'
import type { Host } from './host.ts'

type FunctionEvent =
  | { type: 'started'; runId: string }
  | { type: 'log'; line: LogLine }
  | { type: 'result'; output: Json; durationMs: number }
  | { type: 'error'; error: { code: string; message: string; details?: string }; durationMs: number }

/** The host's side of the contract. Each handler finds the app and hands over to its room. */
export function createHostRouter(host: Host) {
  const os = implement(hostContract)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()

  return os.router({
    apps: {
      open: os.apps.open.handler(async ({ input }) => (await host.open(input.appId, input.path)).model()),
      close: os.apps.close.handler(async ({ input }) => {
        await host.closeApp(input.appId)
        return {}
      }),
      get: os.apps.get.handler(async ({ input }) => (await host.app(input.appId)).model()),
      reload: os.apps.reload.handler(async ({ input }) => (await host.app(input.appId)).reload()),
      watch: os.apps.watch.handler(async function* ({ input, signal }) {
        const app = await host.app(input.appId)
        yield* app.models.followState(app.model, signal)
      }),
    },
    records: {
      list: os.records.list.handler(async ({ input: { appId, entity, ...query } }) =>
        (await host.app(appId)).store.records(entity).page(query),
      ),
      get: os.records.get.handler(async ({ input }) => (await host.app(input.appId)).store.records(input.entity).get(input.id)),
      create: os.records.create.handler(async ({ input }) => (await host.app(input.appId)).store.records(input.entity).create(input.data)),
      update: os.records.update.handler(async ({ input }) =>
        (await host.app(input.appId)).store.records(input.entity).update(input.id, input.data),
      ),
      delete: os.records.delete.handler(async ({ input }) => {
        await (await host.app(input.appId)).store.records(input.entity).delete(input.id)
        return {}
      }),
      counts: os.records.counts.handler(async ({ input }) => (await host.app(input.appId)).store.counts()),
      watch: os.records.watch.handler(async function* ({ input, signal }) {
        const app = await host.app(input.appId)
        for await (const { entity, type, id } of app.commits.follow(signal)) yield { entity, type, id }
      }),
    },
    functions: {
      run: os.functions.run.handler(async function* ({ input, signal }) {
        const app = await host.app(input.appId)
        const events = new Changes<FunctionEvent>()
        const ended = new AbortController()
        const following = events.follow(ended.signal)
        const run = app.flows.recordFunctionRun(input.name, input.input, {
          signal,
          onStart: runId => events.publish({ type: 'started', runId }),
          onLog: line => events.publish({ type: 'log', line }),
        })
        const started = performance.now()
        void run.then(
          output => events.publish({ type: 'result', output, durationMs: performance.now() - started }),
          error => events.publish({ type: 'error', error: AppError.from(error).toJSON(), durationMs: performance.now() - started }),
        )
        for await (const event of following) {
          yield event
          if (event.type === 'result' || event.type === 'error') break
        }
        ended.abort()
      }),
      check: os.functions.check.handler(async ({ input }) => (await host.app(input.appId)).functions.check(input.name, input.text)),
      survey: os.functions.survey.handler(async ({ input }) => (await host.app(input.appId)).functions.survey()),
    },
    flows: {
      list: os.flows.list.handler(async ({ input }) => (await host.app(input.appId)).flows.list()),
      runNow: os.flows.runNow.handler(async ({ input }) => (await host.app(input.appId)).flows.runNow(input.name, input.data)),
    },
    runs: {
      list: os.runs.list.handler(async ({ input: { appId, ...query } }) => (await host.app(appId)).flows.runs.list(query)),
      get: os.runs.get.handler(async ({ input }) => (await host.app(input.appId)).flows.runs.get(input.runId)),
      cancel: os.runs.cancel.handler(async ({ input }) => {
        await (await host.app(input.appId)).flows.runs.cancel(input.runId)
        return {}
      }),
      retry: os.runs.retry.handler(async ({ input }) => {
        await (await host.app(input.appId)).flows.runs.retry(input.runId)
        return {}
      }),
      watch: os.runs.watch.handler(async function* ({ input, signal }) {
        yield* (await host.app(input.appId)).runs.follow(signal)
      }),
    },
    activity: {
      list: os.activity.list.handler(async ({ input: { appId, ...query } }) => (await host.app(appId)).gateway.activity(query)),
      watch: os.activity.watch.handler(async function* ({ input, signal }) {
        yield* (await host.app(input.appId)).gateway.calls.follow(signal)
      }),
    },
    connectors: {
      options: os.connectors.options.handler(async ({ input }) =>
        (await host.app(input.appId)).gateway.options(input.connector, input.field, input.query),
      ),
      tryAction: os.connectors.tryAction.handler(async ({ input: { appId, ...request }, signal }) => {
        const { gateway } = await host.app(appId)
        const started = performance.now()
        const caller = { runId: null, stepId: null, by: { kind: 'user' as const, name: 'you' } }
        return { output: await gateway.call({ ...request, caller, signal }), durationMs: performance.now() - started }
      }),
      changed: os.connectors.changed.handler(async ({ input }) => {
        await (await host.app(input.appId)).connectionsChanged()
        return {}
      }),
    },
    health: os.health.handler(() => ({
      pid: process.pid,
      rssBytes: process.memoryUsage.rss(),
      eventLoopP99Ms: delay.percentile(99) / 1e6,
    })),
  })
}
