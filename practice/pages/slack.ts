import { Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { InternalApi } from '../api.ts'
import type { Emulated } from '../emulated.ts'
import { robin } from '../seed/team.ts'
import { list, moment, page } from './layout.ts'

const channel = z.looseObject({
  id: z.string(),
  name: z.string().default(''),
  is_im: z.boolean().default(false),
  topic: z.object({ value: z.string() }).optional(),
  num_members: z.number().default(0),
})
const reaction = z.looseObject({ name: z.string(), count: z.number().default(1) })
const message = z.looseObject({
  ts: z.string(),
  user: z.string().default(''),
  text: z.string().default(''),
  thread_ts: z.string().optional(),
  reactions: z.array(reaction).default([]),
})
const member = z.looseObject({ id: z.string(), name: z.string(), real_name: z.string().default(''), is_bot: z.boolean().default(false) })

const scopes = ['channels:read', 'channels:history', 'groups:read', 'groups:history', 'im:read', 'im:history', 'mpim:read', 'users:read']

export function slackPages({ store }: Emulated, api: InternalApi): Hono {
  const app = new Hono()

  /** Direct messages belong to two people: each is read as one of them, so that the page shows them all. */
  const as = (userId: string) => ({ login: userId, id: store.collection('slack.users').findOneBy('user_id', userId)?.id ?? 1, scopes })
  const me = () => String(store.collection('slack.users').findOneBy('name', robin.name)?.['user_id'] ?? '')

  app.get('/slack', async c => {
    const { members } = await api.call(as(me()), '/api/users.list', z.object({ members: z.array(member) }), { limit: 500 })
    const listed = await api.call(as(me()), '/api/conversations.list', z.object({ channels: z.array(channel) }), { limit: 1000 })
    const directs = store
      .collection('slack.channels')
      .all()
      .filter(row => row['is_im'] === true)
    const channels = listed.channels.filter(each => !each.is_im).sort((a, b) => a.name.localeCompare(b.name))
    const wanted = c.req.query('channel')
    const current =
      channels.find(each => each.name === wanted) ?? (wanted ? undefined : channels.find(each => each.name === 'support')) ?? channels[0]
    const direct = directs.find(row => row['channel_id'] === wanted)
    const nameOf = (id: string) => members.find(each => each.id === id)
    const partners = (row: (typeof directs)[number]) => (Array.isArray(row['members']) ? row['members'].map(String) : [])
    const directName = (row: (typeof directs)[number]) =>
      partners(row)
        .map(id => nameOf(id)?.real_name ?? id)
        .join(' and ')

    const conversation = direct ? String(direct['channel_id']) : (current?.id ?? '')
    const reader = direct ? (partners(direct)[0] ?? me()) : me()
    const history = await api.call(as(reader), '/api/conversations.history', z.object({ messages: z.array(message) }), {
      channel: conversation,
      limit: 200,
    })
    const threads = await Promise.all(
      history.messages.map(async root => {
        const answer = await api.call(as(reader), '/api/conversations.replies', z.object({ messages: z.array(message) }), {
          channel: conversation,
          ts: root.ts,
        })
        return answer.messages.length > 0 ? answer.messages : [root]
      }),
    )

    const title = direct ? directName(direct) : `#${current?.name ?? ''}`
    return c.html(
      page({
        title: 'Practice Slack',
        account: 'Northwind',
        nav: [
          { group: 'Channels' },
          ...channels.map(each => ({
            label: `# ${each.name}`,
            href: `/practice/slack?channel=${encodeURIComponent(each.name)}`,
            current: !direct && each.id === current?.id,
          })),
          ...(directs.length > 0 ? [{ group: 'Direct messages' }] : []),
          ...directs.map(row => ({
            label: directName(row),
            href: `/practice/slack?channel=${encodeURIComponent(String(row['channel_id']))}`,
            current: row === direct,
          })),
        ],
        content: html`<h2>${title}</h2>
          <p class="meta">${direct ? '' : html`${current?.topic?.value} · ${current?.num_members} members`}</p>
          ${list(
            threads.flat().map(each => {
              const author = nameOf(each.user)
              const isReply = each.thread_ts !== undefined && each.thread_ts !== each.ts
              return html`<li>
                <div class="line">
                  <span class="who"
                    >${isReply ? '↳ ' : ''}${author?.real_name || author?.name || each.user}${author?.is_bot ? html`<span class="app">APP</span>` : ''}</span
                  >
                  <span class="meta">${moment(new Date(Number(each.ts) * 1000))}</span>
                </div>
                <p class="text">${each.text}</p>
                ${each.reactions.length > 0 ? html`<div class="line">${each.reactions.map(({ name, count }) => html`<span class="chip">:${name}: ${count}</span>`)}</div>` : ''}
              </li>`
            }),
            'No messages yet.',
          )}`,
      }),
    )
  })
  return app
}
