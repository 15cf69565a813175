import { z } from 'zod'
import { action } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { listChannels as readChannels, resolveChannel, resolveMember } from './channels.ts'
import { slack, type SlackClient } from './client.ts'

const channel = field('channel', { title: 'Channel', description: 'A channel such as #support, or its id.' })
const person = field('member', { title: 'Person', description: 'The email address or the id of a member.' })
const text = z
  .string()
  .trim()
  .min(1)
  .max(40_000)
  .meta({ title: 'Message', description: 'What to say. *bold*, _italic_ and links work as in Slack.', multiline: true })
const ts = z.string().regex(/^\d+\.\d+$/, 'A message is named by its time stamp, such as 1763720000.000100.')
const posted = z.object({ channel: z.string(), ts: z.string() })

const at = (stamp: string | undefined) => new Date(Number(stamp ?? 0) * 1000).toISOString()

/** Slack's answer to a posted message, as far as anybody needs it. */
const say = async (client: SlackClient, message: { channel: string; text: string; thread_ts?: string }) =>
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not a window's
  posted.parse(await client.chat.postMessage(message))

/** The actions that a bot and a person have in common; `who` is who Slack shows as the author. */
export function sharedActions(who: 'the bot' | 'you') {
  return {
    postMessage: action({
      title: 'Post a message',
      does: `Posts a message to a channel as ${who}. Each call posts again.`,
      effect: 'write',
      idempotent: false,
      scopes: ['chat:write'],
      input: z.object({
        channel,
        text,
        threadTs: ts.optional().meta({ title: 'In thread', description: 'Time stamp of the message to answer.' }),
      }),
      output: posted,
      // Slack takes #name and id alike here, so nothing more than chat:write is needed.
      async run(call, input) {
        return say(await slack(call), { channel: input.channel, text: input.text, ...(input.threadTs && { thread_ts: input.threadTs }) })
      },
    }),
    sendDirectMessage: action({
      title: 'Send a direct message',
      does: `Sends a message to one person as ${who}. Each call sends again.`,
      effect: 'write',
      idempotent: false,
      scopes: ['chat:write', 'users:read', 'users:read.email'],
      input: z.object({ person, text }),
      output: posted,
      async run(call, input) {
        const client = await slack(call)
        return say(client, { channel: await resolveMember(client, input.person), text: input.text })
      },
    }),
    updateMessage: action({
      title: 'Change a message',
      does: `Replaces the text of a message that ${who} posted. Calling twice changes nothing more.`,
      effect: 'write',
      idempotent: true,
      destructive: true,
      scopes: ['chat:write', 'channels:read'],
      input: z.object({ channel, ts: ts.meta({ title: 'Message', description: 'Its time stamp.' }), text }),
      output: posted,
      async run(call, input) {
        const client = await slack(call)
        return posted.parse(
          await client.chat.update({ channel: await resolveChannel(client, input.channel), ts: input.ts, text: input.text }),
        )
      },
    }),
    addReaction: action({
      title: 'Add a reaction',
      does: `Reacts to a message with an emoji as ${who}. A second time, Slack says that it is there already.`,
      effect: 'write',
      idempotent: false,
      scopes: ['reactions:write', 'channels:read'],
      input: z.object({
        channel,
        ts: ts.meta({ title: 'Message', description: 'Its time stamp.' }),
        emoji: z.string().trim().min(1).meta({ title: 'Emoji', description: 'Its name, such as thumbsup.' }),
      }),
      output: z.object({ ts: z.string(), emoji: z.string() }),
      async run(call, input) {
        const client = await slack(call)
        const name = input.emoji.replaceAll(':', '')
        await client.reactions.add({ channel: await resolveChannel(client, input.channel), timestamp: input.ts, name })
        return { ts: input.ts, emoji: name }
      },
    }),
    readMessages: action({
      title: 'Read messages',
      does: 'Reads the newest messages of a channel, newest first.',
      effect: 'read',
      idempotent: true,
      scopes: ['channels:history', 'channels:read'],
      input: z.object({ channel, limit: limit(100, 20) }),
      output: z.array(z.object({ ts: z.string(), at: z.string(), user: z.string(), text: z.string(), threadTs: z.string().nullable() })),
      async run(call, input) {
        const client = await slack(call)
        const { messages = [] } = await client.conversations.history({
          channel: await resolveChannel(client, input.channel),
          limit: input.limit,
        })
        return messages.map(message => ({
          ts: message.ts ?? '',
          at: at(message.ts),
          user: message.user ?? message.bot_id ?? '',
          text: message.text ?? '',
          threadTs: message.thread_ts ?? null,
        }))
      },
    }),
    listChannels: action({
      title: 'List channels',
      does: 'Lists the public channels of the workspace.',
      effect: 'read',
      idempotent: true,
      scopes: ['channels:read'],
      input: z.object({}),
      output: z.array(
        z.object({ id: z.string().min(1), name: z.string(), topic: z.string(), members: z.number().int(), isMember: z.boolean() }),
      ),
      async run(call) {
        return (await readChannels(await slack(call))).map(each => ({
          id: each.id ?? '',
          name: each.name ?? '',
          topic: each.topic?.value ?? '',
          members: each.num_members ?? 0,
          isMember: each.is_member ?? false,
        }))
      },
    }),
    findMember: action({
      title: 'Find a person',
      does: 'Finds a member of the workspace by email address.',
      effect: 'read',
      idempotent: true,
      scopes: ['users:read', 'users:read.email'],
      input: z.object({ email: z.email().meta({ title: 'Email address' }) }),
      output: z.object({ id: z.string().min(1), name: z.string(), email: z.string(), timezone: z.string().nullable() }),
      async run(call, input) {
        const { user } = await (await slack(call)).users.lookupByEmail({ email: input.email })
        return {
          id: user?.id ?? '',
          name: user?.profile?.real_name || user?.name || '',
          email: user?.profile?.email ?? input.email,
          timezone: user?.tz ?? null,
        }
      },
    }),
  }
}

/** What each of Slack's scopes allows, in plain words; `who` does it. */
export const scopeWords = (who: 'the bot' | 'you') => ({
  'chat:write': who === 'you' ? 'Post messages as you' : 'Post messages as the bot in channels it was invited to',
  'channels:read': 'See the names and topics of public channels',
  'channels:history':
    who === 'you' ? 'Read messages in public channels that you can see' : 'Read messages in public channels the bot is in',
  'users:read': 'See who is in the workspace',
  'users:read.email': 'See the email addresses of people in the workspace',
  'reactions:write': `Add emoji reactions as ${who}`,
})
