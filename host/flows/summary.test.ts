import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountOf, callAction, callFunction, everyMorning, openApp, ticketCreated } from './fixture.ts'

test('a flow is listed with its steps in words, its trigger and its last run', async () => {
  const notify = {
    notify: { call: 'invoke_backend_function', with: { function_name: 'notifySlack' }, 'x-plugboard': { title: 'Tell the team' } },
  }
  const choose = { choose: { switch: [{ urgent: { when: '.trigger.data.urgent', then: 'end' } }, { other: { then: 'continue' } }] } }
  const post = callAction('post_message', 'slackbot', 'postMessage', { text: 'x' })
  const flow = { title: 'New ticket to Slack', trigger: ticketCreated, do: [notify, choose, { pause: { wait: 'PT1H30M' } }, post] }
  await using app = await openApp(
    { ticket: flow },
    {},
    {
      functions: { notifySlack: [{ connector: 'slackbot', action: 'postMessage' }] },
      accounts: async () => [accountOf('slackbot', ['chat:write'])],
    },
  )
  const [summary] = await app.flows.list()
  assert.equal(summary?.title, 'New ticket to Slack')
  assert.equal(summary.trigger.words, 'When a ticket is created')
  assert.equal(summary.blockedBy, null)
  assert.deepEqual(
    summary.steps.map(({ title, kind, detail, connector }) => [title, kind, detail, connector]),
    [
      ['Tell the team', 'function', 'Function notifySlack · Slack Bot', 'slackbot'],
      ['Choose', 'switch', '2 cases', null],
      ['Pause', 'wait', 'For 1 hour 30 minutes', null],
      ['Post message', 'action', 'Slack Bot · Post a message', 'slackbot'],
    ],
  )
  assert.equal(summary.lastRun, null)
  const { runId } = await app.flows.runNow('ticket', {})
  assert.equal((await app.flows.list())[0]?.lastRun?.id, runId)
})

const unusable: [why: string, flow: Parameters<typeof openApp>[0][string], words: RegExp][] = [
  [
    'a missing function',
    { do: [callFunction('a', {}, { name: 'missing' })] },
    /Step “A” calls the function “missing”, which does not exist/,
  ],
  ['an unknown tool', { do: [callAction('a', 'fax', 'send', {})] }, /uses the tool “fax”, which Plugboard does not know/],
  ['an unknown action', { do: [callAction('a', 'slackbot', 'dance', {})] }, /uses “dance”, which Slack Bot does not offer/],
  ['an account that is missing', { do: [callAction('a', 'slackbot', 'postMessage', {})] }, /Waits for Slack Bot to be connected/],
  ['a step that goes nowhere', { do: [callFunction('a', {}, { then: 'b' })] }, /goes on to “b”, and there is no such step/],
  ['two steps of one name', { do: [callFunction('a'), callFunction('a')] }, /Two steps are named “a”/],
  ['a bad expression', { do: [callFunction('a', '${ .x | }')] }, /Step “A” has an expression that cannot be read: “\.x \|” \(syntax error/],
  ['an open expression', { do: [callFunction('a', '${ .x')] }, /not closed/],
  ['a bad condition', { condition: 'nope(1)', do: [callFunction('a')] }, /condition of the trigger .*nope\/1 is not defined/],
  ['a table that is missing', { trigger: { ...ticketCreated, entity_name: 'Order' }, do: [callFunction('a')] }, /no table “Order”/],
  [
    'a bad schedule',
    { trigger: { ...everyMorning, cron_expression: '99 9 * * *' }, do: [callFunction('a')] },
    /schedule “99 9 \* \* \*” cannot be read/,
  ],
  ['a zone that is none', { trigger: { ...everyMorning, timezone: 'Mars/Base' }, do: [callFunction('a')] }, /no time zone “Mars\/Base”/],
  [
    'a trigger of Base44 that does not fire here',
    { trigger: { trigger_type: 'app_payment' }, do: [callFunction('a')] },
    /does not fire this trigger/,
  ],
]

for (const [why, flow, words] of unusable) {
  test(`${why} is said before the flow runs`, async () => {
    await using app = await openApp({ flow })
    assert.match((await app.flows.list())[0]?.blockedBy?.message ?? '', words)
  })
}
