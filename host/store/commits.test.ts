import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from './database.ts'
import { createCommits } from './commits.ts'

async function openCounted() {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-commits-'))
  const database = openDatabase(join(folder, 'app.db'))
  database.sqlite.exec('create table t (n integer primary key)')
  let transactions = 0
  const counted = { transaction: <T>(work: () => T): T => (transactions++, database.transaction(work)) }
  const insert = database.sqlite.prepare('insert into t values (?)')
  return {
    commits: createCommits(counted),
    add: (n: number) => () => Number(insert.run(n).changes),
    stored: () =>
      database.sqlite
        .prepare('select n from t order by n')
        .all()
        .map(row => row.n),
    transactions: () => transactions,
    async [Symbol.asyncDispose]() {
      database.close()
      await rm(folder, { recursive: true })
    },
  }
}

test('writes of one turn share a commit', async () => {
  await using it = await openCounted()
  assert.deepEqual(await Promise.all([1, 2, 3].map(n => it.commits.write(it.add(n)))), [1, 1, 1])
  assert.equal(it.transactions(), 1)
})

test('one that fails does not take the others down', async () => {
  await using it = await openCounted()
  const outcomes = await Promise.allSettled([1, 1, 2].map(n => it.commits.write(it.add(n))))
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(it.stored(), [1, 2])
})
