import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { callFor, practiceFor, run } from '../../practice/practice.fixture.ts'
import gmail from './gmail.ts'

const { practice } = await practiceFor({ after })
const call = await callFor(practice, gmail)

test('the account is known by its address', () => {
  assert.equal(call.account?.label, 'robin@northwind.example')
})

test('a mail to “me” arrives in the own inbox, whatever its letters', async () => {
  const subject = 'Täglicher Überblick – 日報 📬 to-do'
  await run(gmail, call, 'sendEmail', { to: 'me', subject, text: 'Grüße\n• eins\n• zwei', html: '<p>Grüße</p>' })
  const [first] = await run(gmail, call, 'findEmails', { query: 'in:inbox is:unread', limit: 1 })
  assert.equal(first?.subject, subject)
  assert.equal(first?.to, 'robin@northwind.example')
  assert.match((await run(gmail, call, 'readEmail', { id: first?.id })).text, /^Grüße\r\n• eins/)
})

test('a mail to a colleague arrives there, with a name that has a comma', async () => {
  await run(gmail, call, 'sendEmail', { to: '"Chen, Mia" <mia@northwind.example>, jonas@northwind.example', subject: 'Rota', text: 'x' })
  const asMia = await callFor(practice, gmail, { person: 'mia@northwind.example' })
  const [first] = await run(gmail, asMia, 'findEmails', { query: 'subject:Rota' })
  assert.equal(first?.from, 'robin@northwind.example')
})

test('a subject with a line break is refused and nothing is sent', async () => {
  const before = await run(gmail, call, 'findEmails', { query: 'in:sent', limit: 50 })
  const attempt = { to: 'me', subject: 'Hi\r\nBcc: evil@example.com', text: 'x' }
  await assert.rejects(run(gmail, call, 'sendEmail', attempt), { code: 'validation' })
  assert.equal((await run(gmail, call, 'findEmails', { query: 'in:sent', limit: 50 })).length, before.length)
})

test('an answer stays in its conversation', async () => {
  const [mail] = await run(gmail, call, 'findEmails', { query: 'from:dana@acme.example', limit: 1 })
  const answer = await run(gmail, call, 'replyToEmail', { id: mail?.id, text: 'We send another one.' })
  assert.equal(answer.threadId, mail?.threadId)
  const read = await run(gmail, call, 'readEmail', { id: answer.id })
  assert.deepEqual([read.subject, read.to], ['Re: To do: refund for order 10398', '"Dana Cole" <dana@acme.example>'])
})

test('a draft waits unsent', async () => {
  const { messageId } = await run(gmail, call, 'createDraft', { to: 'mia@northwind.example', subject: 'Later', text: 'x' })
  assert.deepEqual((await run(gmail, call, 'readEmail', { id: messageId })).labels, ['DRAFT'])
})

test('a mail is marked as read', async () => {
  const [mail] = await run(gmail, call, 'findEmails', { query: 'is:unread', limit: 1 })
  const { labels } = await run(gmail, call, 'labelEmail', { id: mail?.id, remove: ['UNREAD'], add: ['STARRED'] })
  assert.ok(labels.includes('STARRED') && !labels.includes('UNREAD'))
})

test('a mail that is not there, and a scope that is not granted, are told apart', async () => {
  await assert.rejects(run(gmail, call, 'readEmail', { id: 'none' }), { code: 'not_found' })
  const sendOnly = await callFor(practice, gmail, { scopes: ['openid', 'email', 'https://www.googleapis.com/auth/gmail.send'] })
  await assert.rejects(run(gmail, sendOnly, 'findEmails', {}), { code: 'needs_scopes' })
  await run(gmail, sendOnly, 'sendEmail', { to: 'me', subject: 'Sending is all it may', text: 'x' })
})

test('the label field offers labels', async () => {
  assert.deepEqual(await gmail.fields.label(call, 'star'), [{ value: 'STARRED', label: 'STARRED' }])
})
