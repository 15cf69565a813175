import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { flowName, functionName, appId, entityName } from '../app/names.ts'
import { appModel, problem } from '../app/model.ts'
import { activity } from '../connection.ts'
import { json, jsonObject } from '../json.ts'
import { logLine, run, runDetail, runState } from '../run.ts'
import { errorShape, procedure } from './base.ts'

const inApp = z.object({ appId })
const nothing = z.object({})

/** A record as the store returns it: built-in fields and the entity's own. */
export const record = jsonObject
const recordPage = z.object({ items: z.array(record), nextCursor: z.string().nullable(), total: z.number().int() })

/** The words and the next three times of a flow's trigger, in the trigger's own zone. */
export const triggerWords = z.object({ words: z.string(), nextTimes: z.array(z.string()) })

export const flowSummary = z.object({
  name: z.string(),
  file: z.string(),
  title: z.string(),
  description: z.string(),
  active: z.boolean(),
  trigger: triggerWords,
  /** Why it cannot run as it stands (an account or a permission missing, a step that names nothing), and what to do about it. */
  blockedBy: errorShape.pick({ message: true, action: true }).nullable(),
  steps: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      kind: z.enum(['function', 'action', 'switch', 'wait']),
      detail: z.string(),
      connector: z.string().nullable(),
    }),
  ),
  lastRun: run.nullable(),
})

export const functionEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), runId: z.string() }),
  z.object({ type: z.literal('log'), line: logLine }),
  z.object({ type: z.literal('result'), output: json, durationMs: z.number() }),
  z.object({
    type: z.literal('error'),
    error: run.shape.error.unwrap(),
    durationMs: z.number(),
  }),
])

/** What the host process answers. The renderer reaches it as `host.*` through main. */
export const hostContract = {
  apps: {
    /** Starts to run an app's folder: its records, functions and flows. Opening it again changes nothing. */
    open: procedure.input(z.object({ appId, path: z.string() })).output(appModel),
    close: procedure.input(inApp).output(nothing),
    get: procedure.input(inApp).output(appModel),
    /** Reads the folder again now, without waiting for the watcher. */
    reload: procedure.input(inApp).output(appModel),
    /** The model now, and again after each change. */
    watch: procedure.input(inApp).output(eventIterator(appModel)),
  },
  records: {
    list: procedure
      .input(
        z.object({
          appId,
          entity: entityName,
          q: jsonObject.optional(),
          sort: z.string().optional(),
          limit: z.number().int().min(1).max(500).optional(),
          cursor: z.string().optional(),
        }),
      )
      .output(recordPage),
    get: procedure.input(z.object({ appId, entity: entityName, id: z.string() })).output(record),
    create: procedure.input(z.object({ appId, entity: entityName, data: jsonObject })).output(record),
    update: procedure.input(z.object({ appId, entity: entityName, id: z.string(), data: jsonObject })).output(record),
    delete: procedure.input(z.object({ appId, entity: entityName, id: z.string() })).output(nothing),
    counts: procedure.input(inApp).output(z.record(z.string(), z.number())),
    /** Names the entity of each committed change. */
    watch: procedure
      .input(inApp)
      .output(eventIterator(z.object({ entity: z.string(), type: z.enum(['create', 'update', 'delete']), id: z.string() }))),
  },
  functions: {
    run: procedure.input(z.object({ appId, name: functionName, input: json })).output(eventIterator(functionEvent)),
    check: procedure.input(z.object({ appId, name: functionName, text: z.string().optional() })).output(z.array(problem)),
    /** What keeps functions from compiling, and the files of packages that they import, below the app's folder. */
    survey: procedure.input(inApp).output(z.object({ problems: z.array(problem), packages: z.array(z.string()) })),
  },
  flows: {
    list: procedure.input(inApp).output(z.array(flowSummary)),
    /** Starts a run with example data where the trigger has any. */
    runNow: procedure.input(z.object({ appId, name: flowName, data: json.optional() })).output(z.object({ runId: z.string() })),
  },
  runs: {
    list: procedure
      .input(
        z.object({
          appId,
          kind: z.enum(['flow', 'function']).optional(),
          name: z.string().optional(),
          state: runState.optional(),
          limit: z.number().int().min(1).max(200).optional(),
          cursor: z.string().optional(),
        }),
      )
      .output(z.object({ items: z.array(run), nextCursor: z.string().nullable() })),
    get: procedure.input(z.object({ appId, runId: z.string() })).output(runDetail),
    cancel: procedure.input(z.object({ appId, runId: z.string() })).output(nothing),
    /** Runs again from the first step that did not succeed. Finished steps are not repeated. */
    retry: procedure.input(z.object({ appId, runId: z.string() })).output(nothing),
    watch: procedure.input(inApp).output(eventIterator(run)),
  },
  activity: {
    list: procedure
      .input(z.object({ appId, connectionId: z.string().optional(), limit: z.number().int().min(1).max(200).optional() }))
      .output(z.array(activity)),
    /** Each outside call of the app from now on. */
    watch: procedure.input(inApp).output(eventIterator(activity)),
  },
  connectors: {
    /** Remote choices for a field of an action, such as channels. */
    options: procedure
      .input(z.object({ appId, connector: z.string(), field: z.string(), query: z.string().default('') }))
      .output(z.array(z.object({ value: z.string(), label: z.string() }))),
    /** Runs one action as the person at the screen, with the default account. It is noted as any other call. */
    tryAction: procedure
      .input(z.object({ appId, connector: z.string(), action: z.string(), input: json }))
      .output(z.object({ output: json, durationMs: z.number() })),
    /** Something about this app's connections changed: forget cached tokens. */
    changed: procedure.input(inApp).output(nothing),
  },
  health: procedure.output(z.object({ pid: z.number(), rssBytes: z.number(), eventLoopP99Ms: z.number() })),
}
export type HostContract = typeof hostContract
