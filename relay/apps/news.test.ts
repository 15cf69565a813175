import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { newSchema, postgresOfThisFile } from '../../host/store/each-database.fixture.ts'
import { openPostgres } from '../../host/store/postgres.ts'
import { until } from '../../core/until.fixture.ts'
import { openNews, type Topic } from './news.ts'

/** Processes of one relay, as far as a database can tell: each has its own connections to it. */
async function openTwo(t: TestContext) {
  const { url } = await postgresOfThisFile()
  const schema = newSchema()
  const open = async () => {
    const postgres = openPostgres(url, { connections: 2 })
    const heard: [string, Topic][] = []
    const reports: Error[] = []
    const news = await openNews({
      database: postgres.engineFor(schema),
      listener: (...word) => void heard.push(word),
      report: error => void reports.push(error),
    })
    t.after(async () => {
      news.close()
      await postgres.close()
    })
    return { news, heard, reports }
  }
  return [await open(), await open()] as const
}

test('what one node tells of an app, all that follow it hear once', async t => {
  const [here, there] = await openTwo(t)
  await there.news.follow('desk')
  await here.news.tell('desk', 'release')
  assert.deepEqual(here.heard, [['desk', 'release']])
  await until(() => there.heard.length === 1)
  await here.news.tell('desk', 'accounts')
  await until(() => there.heard.length === 2)
  assert.deepEqual(there.heard, [
    ['desk', 'release'],
    ['desk', 'accounts'],
  ])
  assert.deepEqual([...here.reports, ...there.reports], [])
})

test('who begins to follow hears of nothing that was told before, and nobody of apps that sleep there', async t => {
  const [here, there] = await openTwo(t)
  await here.news.tell('desk', 'release')
  await there.news.follow('desk')
  await there.news.follow('other')
  there.news.unfollow('other')
  await here.news.tell('other', 'release')
  await here.news.tell('desk', 'accounts')
  await until(() => there.heard.length > 0)
  assert.deepEqual(there.heard, [['desk', 'accounts']])
})
