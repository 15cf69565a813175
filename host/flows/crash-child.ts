/**
 * The program that the crash test kills: 24 tickets, each of which starts a flow of three steps. Prints “step” when one begins, “waits”
 * when a run waits for its account (which is there unless the second argument is “without”), and “ended” when all runs have.
 */
import { appendFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../core/json.ts'
import type { Run } from '../../core/run.ts'
import { openDatabase } from '../store/database.ts'
import { sqliteEngine } from '../store/sqlite-engine.ts'
import { openStore } from '../store/store.ts'
import { openFlows, type RunFunction } from './flows.ts'
import { until } from '../../core/until.fixture.ts'
import { accountOf, callFunction, modelOf, ticketCreated } from './fixture.ts'

const [folder = '', account = 'with'] = process.argv.slice(2)
const tickets = 24
const model = modelOf(
  { desk: { trigger: ticketCreated, do: [callFunction('one'), callFunction('two'), callFunction('three')] } },
  { two: [{ connector: 'slackbot', action: 'postMessage' }] },
)
const database = openDatabase(join(folder, 'app.db'))
const engine = sqliteEngine(database)
const store = openStore(engine)

const runFunction: RunFunction = async (name, _input, { caller }) => {
  appendFileSync(join(folder, 'steps.txt'), `${caller.stepId}\n`)
  writeSync(1, 'step\n')
  await pause()
  if (name === 'two') await flows.callAction({ connector: 'slackbot', action: 'postMessage', input: { channel: '#a', text: 'x' }, caller })
  await pause()
  return name
}

async function post(): Promise<Json> {
  await pause()
  appendFileSync(join(folder, 'posts.txt'), `${Math.random()}\n`)
  await pause()
  return { ok: true }
}

const pause = () => new Promise(resolve => setTimeout(resolve, Math.random() * 16))

const flows = await openFlows({
  appId: 'desk',
  database: engine,
  model: () => model,
  runFunction,
  callAction: post,
  accounts: async () => (account === 'with' ? [accountOf('slackbot', ['chat:write'])] : []),
  newestRecord: async () => null,
  report: error => process.stderr.write(`${error.message} ${String(error.cause)}\n`),
})
const waiting = new Set<string>()
function notice({ id, waiting: wait }: Run): void {
  if (wait?.for !== 'permission' || waiting.has(id)) return
  waiting.add(id)
  writeSync(1, 'waits\n')
}
flows.onRun(notice)
await store.define(model.entities.map(({ entity }) => entity))
store.onCommit(() => flows.wake())
await flows.start()
for (const run of (await flows.runs.list({ state: 'waiting', limit: 200 })).items) notice(run)
const records = store.records('Ticket')
for (let count = await records.count(); count < tickets; count++) await records.create({ title: `Ticket ${count}` })
// Without the account it waits until it is killed.
await until(async () => {
  const { items } = await flows.runs.list({ limit: 200 })
  return items.length === tickets && items.every(run => run.state === 'succeeded' || run.state === 'failed')
}, 'all runs')
process.stdout.write('ended\n')
await flows.close()
database.close()
