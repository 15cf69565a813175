import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { callFor, practiceFor, run } from '../../practice/practice.fixture.ts'
import bot from './bot.ts'
import user from './user.ts'

const { practice } = await practiceFor({ after })
const asBot = await callFor(practice, bot)
const asUser = await callFor(practice, user, { person: 'mia' })

const textsOf = async (channel: string, limit = 20) => (await run(bot, asBot, 'readMessages', { channel, limit })).map(({ text }) => text)

test('the bot is the workspace’s, a person is themselves', () => {
  assert.deepEqual(asBot.account, { id: 'T000000001', label: 'plugboard in Northwind', tenant: 'Northwind' })
  assert.equal(asUser.account?.label, 'mia in Northwind')
})

for (const channel of ['#support', 'support', '#SUPPORT'])
  test(`a message goes to ${channel}`, async () => {
    const { ts } = await run(bot, asBot, 'postMessage', { channel, text: `to ${channel}` })
    assert.match(ts, /^\d+\.\d+$/)
    assert.ok((await textsOf(channel)).includes(`to ${channel}`))
  })

test('a message goes to a channel by its id, and into a thread', async () => {
  const [support] = (await run(bot, asBot, 'listChannels', {})).filter(({ name }) => name === 'support')
  const root = await run(bot, asBot, 'postMessage', { channel: support?.id, text: 'root' })
  const reply = await run(bot, asBot, 'postMessage', { channel: support?.id, text: 'reply', threadTs: root.ts })
  assert.notEqual(reply.ts, root.ts)
  assert.equal((await textsOf('#support', 1))[0], 'root')
})

test('a bot that was not invited is told how', async () => {
  await assert.rejects(run(bot, asBot, 'postMessage', { channel: '#random', text: 'x' }), { code: 'forbidden', message: /\/invite/ })
  await run(bot, asBot, 'joinChannel', { channel: '#random' })
  await run(bot, asBot, 'postMessage', { channel: '#random', text: 'now it may' })
  assert.equal((await textsOf('#random', 1))[0], 'now it may')
})

test('a channel that is not there is named', async () => {
  await assert.rejects(run(bot, asBot, 'readMessages', { channel: '#nowhere' }), { code: 'not_found', message: /#nowhere/ })
  await assert.rejects(run(bot, asBot, 'postMessage', { channel: '#nowhere', text: 'x' }), { code: 'not_found' })
})

test('the bot writes to a person, found by address', async () => {
  const { channel } = await run(bot, asBot, 'sendDirectMessage', { person: 'jonas@northwind.example', text: 'psst' })
  assert.match(channel, /^D/)
  const found = await run(bot, asBot, 'findMember', { email: 'jonas@northwind.example' })
  assert.equal(found.name, 'Jonas Weber')
  await assert.rejects(run(bot, asBot, 'sendDirectMessage', { person: 'nobody@northwind.example', text: 'x' }), { code: 'not_found' })
})

test('a message is changed and reacted to', async () => {
  const { ts } = await run(bot, asBot, 'postMessage', { channel: '#team', text: 'frist' })
  await run(bot, asBot, 'updateMessage', { channel: '#team', ts, text: 'first' })
  assert.equal((await textsOf('#team', 1))[0], 'first')
  await run(bot, asBot, 'addReaction', { channel: '#team', ts, emoji: ':eyes:' })
  await assert.rejects(run(bot, asBot, 'addReaction', { channel: '#team', ts, emoji: 'eyes' }), { code: 'conflict' })
})

test('a person posts, searches and sets their status as themselves', async () => {
  await run(user, asUser, 'postMessage', { channel: '#team', text: 'a walrus walks by' })
  const [found] = await run(user, asUser, 'searchMessages', { query: 'walrus in:#team' })
  assert.deepEqual({ user: found?.user, channel: found?.channel }, { user: 'mia', channel: 'team' })
  assert.deepEqual(await run(user, asUser, 'searchMessages', { query: 'walrus in:#support' }), [])
  assert.deepEqual(await run(user, asUser, 'setStatus', { text: 'Lunch', emoji: 'pizza' }), { text: 'Lunch', emoji: ':pizza:' })
})

test('an action without its scope is refused before anything happens', async () => {
  const narrow = await callFor(practice, bot, { scopes: ['channels:read', 'channels:history'] })
  await assert.rejects(run(bot, narrow, 'postMessage', { channel: '#support', text: 'no' }), { code: 'needs_scopes' })
  assert.ok(!(await textsOf('#support')).includes('no'))
})

test('fields offer channels and people', async () => {
  assert.deepEqual(await bot.fields.channel(asBot, '#supp'), [{ value: '#support', label: '#support' }])
  assert.deepEqual(
    (await bot.fields.member(asBot, '')).map(({ label }) => label),
    ['Robin Meyer', 'Mia Chen', 'Jonas Weber', 'Priya Nair'],
  )
})

test('each shared action also works as a person', async () => {
  const { ts } = await run(user, asUser, 'postMessage', { channel: '#general', text: 'mine' })
  await run(user, asUser, 'updateMessage', { channel: '#general', ts, text: 'still mine' })
  await run(user, asUser, 'addReaction', { channel: '#general', ts, emoji: 'tada' })
  assert.equal((await run(user, asUser, 'readMessages', { channel: '#general', limit: 1 }))[0]?.text, 'still mine')
  assert.ok((await run(user, asUser, 'listChannels', {})).length > 5)
  assert.equal((await run(user, asUser, 'findMember', { email: 'priya@northwind.example' })).name, 'Priya Nair')
  assert.match((await run(user, asUser, 'sendDirectMessage', { person: 'priya@northwind.example', text: 'hi' })).channel, /^D/)
})
