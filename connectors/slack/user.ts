import { z } from 'zod'
import { action, connector } from '../../core/connector.ts'
import { limit } from '../field.ts'
import { slackUser } from '../providers/slack.ts'
import { scopeWords, sharedActions } from './actions.ts'
import { channelChoices, memberChoices } from './channels.ts'
import { slack } from './client.ts'
import { explainSlack } from './errors.ts'
import { slackLimits } from './limits.ts'
import { userIdentity } from './identity.ts'

export default connector({
  id: 'slack',
  name: 'Slack User',
  provider: slackUser,
  category: 'Communication',
  summary: 'Read, search and post in Slack as yourself.',
  icon: 'logos:slack-icon',
  scopes: {
    ...scopeWords('you'),
    'search:read': 'Search the messages that you can see',
    'users.profile:write': 'Change your status and profile',
  },
  identityScopes: [],
  identity: userIdentity,
  fields: { channel: channelChoices, member: memberChoices },
  actions: {
    ...sharedActions('you'),
    searchMessages: action({
      title: 'Search messages',
      does: 'Searches the messages that you can see, best match first.',
      effect: 'read',
      idempotent: true,
      scopes: ['search:read'],
      input: z.object({
        query: z.string().trim().min(1).meta({ title: 'Search for', description: 'Words, or in:#channel and from:@name as in Slack.' }),
        limit: limit(100, 20),
      }),
      output: z.array(z.object({ ts: z.string(), channel: z.string(), user: z.string(), text: z.string(), permalink: z.string() })),
      async run(call, input) {
        const { messages } = await (await slack(call)).search.messages({ query: input.query, count: input.limit })
        return (messages?.matches ?? []).map(match => ({
          ts: match.ts ?? '',
          channel: match.channel?.name ?? '',
          user: match.username ?? match.user ?? '',
          text: match.text ?? '',
          permalink: match.permalink ?? '',
        }))
      },
    }),
    setStatus: action({
      title: 'Set your status',
      does: 'Sets the status beside your name. An empty text clears it. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      destructive: true,
      scopes: ['users.profile:write'],
      input: z.object({
        text: z.string().max(100).meta({ title: 'Status' }),
        emoji: z.string().default('').meta({ title: 'Emoji', description: 'Its name, such as coffee.' }),
      }),
      output: z.object({ text: z.string(), emoji: z.string() }),
      async run(call, input) {
        const emoji = input.emoji && `:${input.emoji.replaceAll(':', '')}:`
        await (await slack(call)).users.profile.set({ profile: { status_text: input.text, status_emoji: emoji } })
        return { text: input.text, emoji }
      },
    }),
  },
  prompts: [
    'Every Friday at 16:00, post my finished tasks to #team as me.',
    'Set my Slack status to “In a meeting” when I start one here.',
    'Save Slack messages that mention “refund” as tickets.',
  ],
  limits: slackLimits,
  explain: explainSlack,
})
