import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { sql } from 'kysely'
import { explainWriteError } from '../host/files/atomic.ts'
import { openDatabase } from '../host/store/database.ts'
import { sqliteEngine } from '../host/store/sqlite-engine.ts'
import { tellError } from './full-disk.ts'
import { publishedRoutes, type PublishedRooms } from './published/published.ts'

const words = /The disk of the relay is full/

describe('a full disk', () => {
  it('of the database is told as what it is', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'full-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const file = openDatabase(join(folder, 'relay.db'))
    t.after(() => file.close())
    const database = sqliteEngine(file)
    await database.query(sql`create table pieces (bytes blob)`)
    file.sqlite.exec('pragma max_page_count = 20')
    const error = await database.query(sql`insert into pieces values (zeroblob(1000000))`).then(
      () => assert.fail('There was room for it.'),
      (cause: unknown) => tellError(cause),
    )
    assert.equal(error.code, 'unavailable')
    assert.match(error.message, words)
    assert.equal((await database.query(sql`select count(*) as n from pieces`))[0]?.['n'], 0)
  })

  it('is told to who uses a published app, and to who calls its webhooks', async () => {
    const full = async () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    const rooms = { url: 'http://relay.test', sites: { find: full }, ending: new AbortController().signal } as unknown as PublishedRooms
    const app = new Hono().route('/a/:slug', publishedRoutes(rooms))
    for (const path of ['/a/desk/hooks/order', '/a/desk/api/entities/Ticket']) {
      const response = await app.request(`http://relay.test${path}`, { method: 'POST' })
      assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '10'])
      assert.match(await response.text(), words)
    }
  })

  it('is found below what others made of it, and other errors stay what they are', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    assert.match(tellError(explainWriteError(full, '/data/releases')).message, words)
    assert.match(tellError(Object.assign(new Error('could not extend file'), { code: '53100' })).message, words)
    const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
    assert.doesNotMatch(tellError(explainWriteError(denied, '/data/releases')).message, words)
    assert.equal(tellError(new Error('a bug')).code, 'internal')
  })
})
