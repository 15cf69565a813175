import { Hono, type Context } from 'hono'
import { bearerOf } from '../guard.ts'
import type { Emulated, Row } from '../emulated.ts'

const text = (row: Row | undefined, field: string): string => (typeof row?.[field] === 'string' ? row[field] : '')
const list = (row: Row | undefined, field: string): unknown[] => (Array.isArray(row?.[field]) ? row[field] : [])

/** Slack's methods take forms and JSON alike. */
async function readBody(request: Request): Promise<Record<string, unknown>> {
  const body = await request.clone().text()
  if (!request.headers.get('content-type')?.includes('json')) return Object.fromEntries(new URLSearchParams(body))
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

/** What Slack does and `emulate` does not: channel names with #, membership of bots, revocation, search. */
export function slackGaps({ store, tokens, fetch }: Emulated): Hono {
  const app = new Hono()
  const channels = store.collection('slack.channels')
  const messages = store.collection('slack.messages')
  const users = store.collection('slack.users')
  const records = store.collection('slack.tokens')

  app.post('/api/chat.postMessage', async c => {
    const token = bearerOf(c.req.raw)
    const body = await readBody(c.req.raw)
    const wanted = typeof body['channel'] === 'string' ? body['channel'].replace(/^#/, '') : ''
    const channel = channels.findOneBy('channel_id', wanted) ?? channels.findOneBy('name', wanted.toLowerCase())
    const record = token ? records.findOneBy('token', token) : undefined
    const scopes = list(record, 'scopes')
    const mustBeMember = record?.['token_type'] === 'bot' && channel?.['is_channel'] === true && !scopes.includes('chat:write.public')
    if (mustBeMember && scopes.includes('chat:write') && !list(channel, 'members').includes(record['user_id']))
      return c.json({ ok: false, error: 'not_in_channel' })
    return fetch(rewrite(c, { ...body, channel: channel ? text(channel, 'channel_id') : wanted }))
  })

  app.post('/api/auth.revoke', async c => {
    const body = await readBody(c.req.raw)
    const token = bearerOf(c.req.raw) ?? (typeof body['token'] === 'string' ? body['token'] : '')
    if (!tokens.delete(token)) return c.json({ ok: false, error: 'invalid_auth' })
    for (const record of records.findBy('token', token)) records.delete(record.id)
    return c.json({ ok: true, revoked: true })
  })

  app.on(['GET', 'POST'], '/api/search.messages', async c => {
    const token = bearerOf(c.req.raw)
    const record = token ? records.findOneBy('token', token) : undefined
    if (!record) return c.json({ ok: false, error: 'invalid_auth' })
    if (!list(record, 'scopes').includes('search:read'))
      return c.json({ ok: false, error: 'missing_scope', needed: 'search:read', provided: list(record, 'scopes').join(',') })
    const body = c.req.method === 'GET' ? c.req.query() : await readBody(c.req.raw)
    const matches = search(typeof body['query'] === 'string' ? body['query'] : '')
    const count = Math.min(Number(body['count']) || 20, 100)
    return c.json({ ok: true, messages: { total: matches.length, matches: matches.slice(0, count) } })
  })

  function search(query: string) {
    const terms = query.toLowerCase().split(/\s+/).filter(Boolean)
    const words = terms.filter(term => !/^(in|from):/.test(term))
    const inChannels = terms.filter(term => term.startsWith('in:')).map(term => term.slice(3).replace(/^#/, ''))
    return messages
      .all()
      .map(message => ({
        message,
        channel: channels.findOneBy('channel_id', message['channel_id']),
        user: users.findOneBy('user_id', message['user']),
      }))
      .filter(({ message, channel }) => {
        const said = text(message, 'text').toLowerCase()
        return (
          channel?.['is_private'] === false &&
          words.every(word => said.includes(word)) &&
          (inChannels.length === 0 || inChannels.includes(text(channel, 'name')))
        )
      })
      .map(({ message, channel, user }) => ({
        type: 'message',
        ts: text(message, 'ts'),
        text: text(message, 'text'),
        user: text(message, 'user'),
        username: text(user, 'name'),
        channel: { id: text(channel, 'channel_id'), name: text(channel, 'name') },
        permalink: `https://northwind.slack.com/archives/${text(channel, 'channel_id')}/p${text(message, 'ts').replace('.', '')}`,
      }))
      .sort((a, b) => b.ts.localeCompare(a.ts))
  }

  return app
}

/** The same request with another body, as JSON. */
function rewrite(c: Context, body: unknown): Request {
  const headers = new Headers(c.req.raw.headers)
  headers.set('content-type', 'application/json')
  headers.delete('content-length')
  return new Request(c.req.url, { method: c.req.method, headers, body: JSON.stringify(body) })
}
