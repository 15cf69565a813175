import { z } from 'zod'
import { action, connector } from '../../core/connector.ts'
import { slackBot } from '../providers/slack.ts'
import { field } from '../field.ts'
import { scopeWords, sharedActions } from './actions.ts'
import { channelChoices, memberChoices, resolveChannel } from './channels.ts'
import { slack } from './client.ts'
import { explainSlack } from './errors.ts'
import { slackLimits } from './limits.ts'
import { botIdentity } from './identity.ts'

export default connector({
  id: 'slackbot',
  name: 'Slack Bot',
  provider: slackBot,
  category: 'Communication',
  summary: 'Post to channels and people as your app’s own bot.',
  icon: 'logos:slack-icon',
  scopes: { ...scopeWords('the bot'), 'channels:join': 'Join public channels' },
  identityScopes: [],
  identity: botIdentity,
  fields: { channel: channelChoices, member: memberChoices },
  actions: {
    ...sharedActions('the bot'),
    joinChannel: action({
      title: 'Join a channel',
      does: 'Makes the bot a member of a public channel. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      scopes: ['channels:join', 'channels:read'],
      input: z.object({ channel: field('channel', { title: 'Channel', description: 'A public channel such as #support, or its id.' }) }),
      output: z.object({ id: z.string().min(1) }),
      async run(call, input) {
        const client = await slack(call)
        const id = await resolveChannel(client, input.channel)
        await client.conversations.join({ channel: id })
        return { id }
      },
    }),
  },
  prompts: [
    'Post a message to the Slack #support channel when a new ticket is created.',
    'Send me a Slack message every morning with the tickets that are still open.',
    'Post to #alerts when an order is over 1,000 euros.',
  ],
  afterConnect: 'Invite the bot to each channel it should post in: type /invite and the bot’s name there.',
  limits: slackLimits,
  explain: explainSlack,
})
