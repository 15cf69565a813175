/** Arranges flows that post to Slack through the real gateway and Slack's own client, where Slack is a server of the test. */
import { join } from 'node:path'
import { openActivity } from '../gateway/activity.ts'
import type { Budgets } from '../gateway/budgets.ts'
import { createGateway } from '../gateway/gateway.ts'
import { credentialOf, startCredentials } from '../gateway/gateway.fixture.ts'
import { openDatabase } from '../store/database.ts'
import type { Engine } from '../store/engine.ts'
import { sqliteEngine } from '../store/sqlite-engine.ts'
import { accountOf, callAction, callFunction, modelOf } from './fixture.ts'
import { openFlows, type Flows } from './flows.ts'

const message = { channel: '#support', text: 'A new ticket' }
const uses = { connector: 'slackbot', action: 'postMessage' }
const model = modelOf(
  { step: { do: [callAction('post', uses.connector, uses.action, message)] }, function: { do: [callFunction('tell')] } },
  { tell: [uses] },
)

/** Two flows that post one message: `step` by a step of its own, `function` out of a function. */
export async function openPosting(engine: Engine, slackOrigin: string, budgets?: Budgets) {
  const { client } = startCredentials(() =>
    credentialOf({ scopesGranted: ['chat:write'], practiceOrigins: { 'https://slack.com': slackOrigin } }),
  )
  const gateway = createGateway({
    appId: 'desk',
    credentials: client,
    activity: await openActivity(engine),
    budgets,
  })
  const flows: Flows = await openFlows({
    appId: 'desk',
    database: engine,
    model: () => model,
    runFunction: async (_name, _input, { caller, signal }) => flows.callAction({ ...uses, input: message, caller, signal }),
    callAction: gateway.call,
    accounts: async () => [accountOf('slackbot', ['chat:write'])],
    newestRecord: async () => null,
    report: () => {},
  })
  await flows.start()
  return flows
}

/** The same in a file of a folder. `close` ends both, and they may be opened again. */
export async function openPostingIn(folder: string, slackOrigin: string, budgets?: Budgets) {
  const database = openDatabase(join(folder, 'app.db'))
  const flows = await openPosting(sqliteEngine(database), slackOrigin, budgets)
  let closed: Promise<void> | undefined
  return { flows, close: () => (closed ??= flows.close().then(database.close)) }
}
