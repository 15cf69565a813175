import { AppError } from '../../core/errors.ts'
import type { Call, Choice } from '../../core/connector.ts'
import { slack, type SlackClient } from './client.ts'

const channelId = /^[CGD][A-Z0-9]{6,}$/
const memberId = /^[UW][A-Z0-9]{6,}$/

/** Public channels, in Slack's order. A large workspace has thousands: five pages are enough to choose from. */
export async function listChannels(client: SlackClient, { includeArchived = false } = {}) {
  const channels = []
  let cursor: string | undefined
  for (let page = 0; page < 5; page++) {
    const answer = await client.conversations.list({
      types: 'public_channel',
      exclude_archived: !includeArchived,
      limit: 1000,
      ...(cursor && { cursor }),
    })
    channels.push(...(answer.channels ?? []))
    cursor = answer.response_metadata?.next_cursor
    if (!cursor) break
  }
  return channels
}

/** The id that most of Slack's methods want, for `#support`, `support` or an id. */
export async function resolveChannel(client: SlackClient, channel: string): Promise<string> {
  if (channelId.test(channel)) return channel
  const name = channel.replace(/^#/, '').toLowerCase()
  const found = (await listChannels(client)).find(each => each.name?.toLowerCase() === name)
  if (found?.id) return found.id
  throw new AppError('not_found', `Slack has no channel #${name} that this account can see. Check its name.`)
}

/** A member's id, for an id or an email address. */
export async function resolveMember(client: SlackClient, member: string): Promise<string> {
  if (memberId.test(member)) return member
  if (!member.includes('@')) throw new AppError('validation', 'Name the person by email address, such as mia@example.com.')
  const { user } = await client.users.lookupByEmail({ email: member })
  if (!user?.id) throw new AppError('not_found', `Slack has no member with the address ${member}. Check it.`)
  return user.id
}

export async function channelChoices(call: Call, query: string): Promise<Choice[]> {
  const wanted = query.replace(/^#/, '').toLowerCase()
  return (await listChannels(await slack(call)))
    .filter(({ name }) => name?.toLowerCase().includes(wanted))
    .map(({ name = '' }) => ({ value: `#${name}`, label: `#${name}` }))
}

export async function memberChoices(call: Call, query: string): Promise<Choice[]> {
  const { members = [] } = await (await slack(call)).users.list({ limit: 500 })
  const wanted = query.toLowerCase()
  return members
    .filter(member => !member.deleted && !member.is_bot && member.id !== 'USLACKBOT')
    .map(({ id = '', name = '', profile }) => ({ value: id, label: profile?.real_name || name }))
    .filter(({ label }) => label.toLowerCase().includes(wanted))
}
