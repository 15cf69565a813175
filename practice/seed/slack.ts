import type { Emulated } from '../emulated.ts'
import { practiceClients } from '../oauth-clients.ts'
import { emailOf, jonas, mia, minutesAgo, priya, robin, team, type Person } from './team.ts'

const botUser = 'U0PLUGBOARD'

/** Channels with what they are for. The bot is in all but #random, so that “invite the bot” can be met here first. */
const channels = [
  ['support', 'Questions and tickets from customers'],
  ['team', 'What everyone should know'],
  ['engineering', 'Bugs, releases and how things work'],
  ['sales', 'Leads and offers'],
  ['orders', 'Orders and deliveries'],
  ['alerts', 'What machines have to say'],
  ['feedback', 'What customers like and miss'],
] as const

export const slackSeed = {
  team: { name: 'Northwind', domain: 'northwind' },
  users: team.slice(1).map(person => ({ name: person.name, real_name: person.realName, email: emailOf(person) })),
  channels: channels.map(([name, topic]) => ({ name, topic, purpose: topic })),
  strict_scopes: true,
  oauth_apps: [
    {
      app_id: 'A0PLUGBOARD',
      client_id: practiceClients.slackbot.clientId,
      client_secret: practiceClients.slackbot.clientSecret,
      name: 'Plugboard',
      redirect_uris: [],
      bot_id: 'B0PLUGBOARD',
      bot_user_id: botUser,
      bot_name: 'plugboard',
    },
    // The app a person signs in to as themselves is public: it has no secret.
    { app_id: 'A0PLUGUSER', client_id: practiceClients.slack.clientId, client_secret: '', name: 'Plugboard', redirect_uris: [] },
  ],
}

const talk: readonly (readonly [channel: string, who: Person, minutes: number, text: string])[] = [
  ['general', mia, 2880, 'Welcome to Northwind! Say hello here, ask anything in #support.'],
  ['general', jonas, 1500, 'The office is closed on Friday. Support stays on until 18:00.'],
  ['support', priya, 1440, 'Acme can’t export their invoices since this morning. I am on it.'],
  ['support', mia, 1380, 'Same for two more customers. The export times out above 500 rows.'],
  ['support', jonas, 1320, 'Fix is out: exports run in the background now. Please check with Acme.'],
  ['support', priya, 300, 'Acme confirms that it works. Thanks!'],
  ['support', mia, 95, 'New question from Fabrikam: can they have two shipping addresses?'],
  ['engineering', jonas, 600, 'Release 4.2 goes out tomorrow at 10:00.'],
  ['team', robin, 240, 'Who takes the Monday rota next week?'],
  ['orders', priya, 180, 'Order 10421 was delivered.'],
  ['random', mia, 60, 'There is cake in the kitchen.'],
]

/** Fills a fresh workspace: the first user becomes Robin, everybody is in every channel, the bot in all but one. */
export function fillSlack({ store }: Emulated): void {
  const users = store.collection('slack.users')
  const rooms = store.collection('slack.channels')
  const messages = store.collection('slack.messages')

  const first = users.findOneBy('name', 'admin')
  if (first) {
    const profile = {
      display_name: robin.name,
      real_name: robin.realName,
      email: emailOf(robin),
      image_48: '',
      image_192: '',
      real_name_normalized: robin.realName,
      display_name_normalized: robin.name,
      status_text: '',
      status_emoji: '',
      status_emoji_display_info: [],
      status_expiration: 0,
    }
    users.update(first.id, { name: robin.name, real_name: robin.realName, email: emailOf(robin), profile })
  }
  const people = users.all().filter(user => user['is_bot'] === false)
  for (const room of rooms.all()) {
    const members = [...people.map(user => user['user_id']), ...(room['name'] === 'random' ? [] : [botUser])]
    rooms.update(room.id, { members, num_members: members.length })
  }
  for (const [index, [channel, who, minutes, text]] of talk.entries()) {
    const ts = `${Math.floor(minutesAgo(minutes).getTime() / 1000)}.${String(index).padStart(6, '0')}`
    messages.insert({
      ts,
      channel_id: rooms.findOneBy('name', channel)?.['channel_id'],
      user: users.findOneBy('name', who.name)?.['user_id'],
      text,
      type: 'message',
      reply_count: 0,
      reply_users: [],
      reactions: [],
    })
  }
}
