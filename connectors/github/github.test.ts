import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { callFor, practiceFor, run } from '../../practice/practice.fixture.ts'
import github from './github.ts'

const repository = 'robin-northwind/helpdesk'
const { practice } = await practiceFor({ after })
const call = await callFor(practice, github)

test('the account is known by its login', () => {
  assert.equal(call.account?.label, 'robin-northwind')
})

test('an issue is opened, commented on, closed, and read with its thread', async () => {
  const opened = await run(github, call, 'createIssue', { repository, title: 'Lamp arrives broken', body: 'Twice.', labels: ['bug'] })
  assert.deepEqual([opened.state, opened.labels, opened.author], ['open', ['bug'], 'robin-northwind'])
  await run(github, call, 'addComment', { repository, number: opened.number, body: 'Looking at it.' })
  await run(github, call, 'updateIssue', { repository, number: opened.number, state: 'closed', title: 'Lamp arrived broken' })
  const read = await run(github, call, 'getIssue', { repository, number: opened.number })
  assert.deepEqual(
    [read.state, read.title, read.body, read.thread.map(({ body }) => body)],
    ['closed', 'Lamp arrived broken', 'Twice.', ['Looking at it.']],
  )
})

test('issues are listed by state and label', async () => {
  const bugs = await run(github, call, 'listIssues', { repository: `https://github.com/${repository}`, labels: ['bug'], state: 'all' })
  assert.ok(bugs.length >= 2 && bugs.every(({ labels }) => labels.includes('bug')))
  assert.ok((await run(github, call, 'listIssues', { repository })).every(({ state }) => state === 'open'))
})

test('repositories and files are read', async () => {
  const names = (await run(github, call, 'listRepositories', {})).map(({ name }) => name)
  assert.deepEqual(names.sort(), ['robin-northwind/handbook', repository])
  assert.match((await run(github, call, 'readFile', { repository, path: 'README.md' })).text, /^# helpdesk/)
})

test('what is not there, or not well named, is refused in words', async () => {
  await assert.rejects(run(github, call, 'getIssue', { repository, number: 999 }), { code: 'not_found' })
  await assert.rejects(run(github, call, 'readFile', { repository, path: 'nothing.md' }), { code: 'not_found' })
  await assert.rejects(run(github, call, 'listIssues', { repository: 'helpdesk' }), { code: 'validation', message: /owner\/name/ })
})

test('fields offer repositories and their labels', async () => {
  assert.deepEqual(await github.fields.repository(call, 'help'), [{ value: repository, label: repository }])
  assert.deepEqual(
    (await github.fields.label(call, `${repository} bu`)).map(({ value }) => value),
    ['bug'],
  )
})
