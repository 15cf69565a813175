/**
 * What a published app is compared with: Hono on Node that sends a page of the same size, reads the same records from SQLite, adds one, and
 * checks and stores what is sent to it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const [pageBytes = '0', records = '0', title = '', inboxFile = ':memory:'] = process.argv.slice(2)
const page = `<!doctype html>${' '.repeat(Number(pageBytes))}`
const sqlite = new DatabaseSync(':memory:')
sqlite.exec('create table tickets (id integer primary key, data text not null) strict')
const insert = sqlite.prepare('insert into tickets (data) values (?)')
const now = new Date().toISOString()
for (let at = 0; at < Number(records); at++)
  insert.run(
    JSON.stringify({
      id: `${at}`.padStart(24, '0'),
      title: `${title} ${at}`,
      created_date: now,
      updated_date: now,
      created_by: 'anna@example.com',
    }),
  )
const inbox = new DatabaseSync(inboxFile)
inbox.exec('pragma journal_mode = wal; pragma synchronous = full; create table inbox (id text primary key, body text not null) strict')
const keep = inbox.prepare('insert into inbox (id, body) values (?, ?) on conflict do nothing')
const select = sqlite.prepare('select data from tickets order by id desc limit 20')

const app = new Hono()
app.get('/', c => c.html(page))
app.get('/records', c =>
  c.json({ items: select.all().map(({ data }) => JSON.parse(String(data))), nextCursor: null, total: Number(records) }),
)
app.post('/add', async c => {
  const { n } = await c.req.json<{ n: number }>()
  return c.json({ n: n + 1 })
})
app.post('/hook', async c => {
  const text = await c.req.text()
  const expected = Buffer.from(`sha256=${createHmac('sha256', 'bench').update(text).digest('hex')}`)
  const given = Buffer.from(c.req.header('x-hub-signature-256') ?? '')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return c.body(null, 401)
  keep.run(c.req.header('x-github-delivery') ?? '', text)
  return c.body(null, 200)
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`http://127.0.0.1:${port}`))
