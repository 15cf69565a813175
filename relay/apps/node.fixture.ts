/**
 * A program that takes part in the work on apps, as a node of a relay does, with functions that only say that they ran. Its arguments:
 * the database, a folder for what it says, and the moment from which its clock runs sixty times as fast as others. While there is a file
 * `hold` in the folder, the last step of each run waits.
 */
import { appendFileSync, existsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AppError } from '../../core/errors.ts'
import { until } from '../../core/until.fixture.ts'
import { callFunction, modelOf, ticketCreated } from '../../host/flows/fixture.ts'
import { openFlows, type RunFunction } from '../../host/flows/flows.ts'
import { nextWorkAt } from '../../host/flows/next-work.ts'
import { ask } from '../../host/store/engine.ts'
import { openPostgres } from '../../host/store/postgres.ts'
import { openStore } from '../../host/store/store.ts'
import { openFence } from './fence.ts'
import { openWork, type Turn } from './work.ts'

const [url = '', folder = '', base = '0'] = process.argv.slice(2)
const now = () => Number(base) + (Date.now() - Number(base)) * 60
const everyMinute = { trigger_type: 'scheduled', cron_expression: '* * * * *', timezone: 'UTC' }
const model = modelOf({
  desk: { trigger: ticketCreated, do: [callFunction('one'), callFunction('two'), callFunction('three')] },
  tick: { trigger: everyMinute, do: [callFunction('tick')] },
})
const postgres = openPostgres(url, { connections: 4, lookEveryMs: 500 })
const say = (word: string) => writeSync(1, `${word}\n`)
const report = (error: AppError) => say(`${error.code}: ${error.message}`)

const runFunction: RunFunction = async (name, _input, { caller }) => {
  appendFileSync(join(folder, 'steps.txt'), `${caller.stepId}\n`)
  say(`step ${name} ${caller.stepId}`)
  await pause(Math.random() * 16)
  if (name === 'three') await until(() => !existsSync(join(folder, 'hold')))
  return name
}

async function run({ appId, epoch, signal }: Turn): Promise<void> {
  const engine = postgres.engineFor(appId)
  const store = openStore(engine)
  await store.define(model.entities.map(({ entity }) => entity))
  const fence = await openFence(engine)
  await fence.raise(epoch)
  const flows = await openFlows({
    appId,
    database: fence.database,
    model: () => model,
    runFunction,
    callAction: async () => null,
    accounts: async () => [],
    newestRecord: async () => null,
    now,
    report,
  })
  store.onCommit(flows.wake)
  await flows.start()
  const ended = AbortSignal.any([signal, fence.lost])
  await new Promise(resolve => ended.addEventListener('abort', resolve, { once: true }))
  await flows.close()
  await store.close()
}

const work = await openWork({ database: postgres.engineFor('relay'), report, now, beatMs: 50, deadAfterMs: 2000 })
await work.start({ run, nextAt: appId => ask(postgres.engineFor(appId), nextWorkAt()) })
say('ready')
