import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebClient } from '@slack/web-api'
import { connectors } from '../../connectors/index.ts'
import slackbot from '../../connectors/slack/bot.ts'
import { grantFor, practiceFor } from '../../practice/practice.fixture.ts'
import { credentialOf, failure, openGateway } from './gateway.fixture.ts'

test('a message goes through a practice account into practice Slack, and a refused token asks to reconnect', async t => {
  const { practice } = await practiceFor(t)
  const grant = await grantFor(practice, 'app', slackbot, Object.keys(slackbot.scopes))
  const { origins } = await practice.endpoints('app', slackbot.provider)
  const { call, asked, gateway } = await openGateway(t, {
    connectors,
    credential: ({ rejected, connection }) =>
      credentialOf({
        accessToken: connection === 'Old' ? 'xoxb-of-yesterday' : grant.access_token,
        generation: rejected ? 2 : 1,
        scopesGranted: grant.scope.split(','),
        practiceOrigins: origins,
      }),
  })
  await call('slackbot.joinChannel', { channel: '#support' })
  const posted = (await call('slackbot.postMessage', { channel: '#support', text: 'New ticket: Login does not work' })) as {
    channel: string
  }
  assert.equal(asked.length, 1)

  const slack = new WebClient(grant.access_token, { slackApiUrl: `${origins['https://slack.com']}/api/` })
  const { messages } = await slack.conversations.history({ channel: posted.channel })
  assert.equal(messages?.[0]?.text, 'New ticket: Login does not work')
  const channels = await gateway.options('slackbot', 'channel', 'supp')
  assert.ok(channels.some(({ label }) => label.includes('support')))

  const error = await failure(call('slackbot.listChannels', {}, { connection: 'Old' }))
  assert.deepEqual([error.code, error.action], ['unauthorized', { kind: 'reconnect', connectionId: 'conn-1' }])
})
