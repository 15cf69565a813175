import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectors } from '../../connectors/index.ts'
import { builder } from '../../core/app-user.ts'
import { agreeAs, practiceFor } from '../../practice/practice.fixture.ts'
import { connectionsFor, connectWith } from './connections.fixture.ts'

test('the builder’s own account and the shared one are apart: neither stands in for the other', async t => {
  const { practice } = await practiceFor(t)
  const { connections } = await connectionsFor(t, { connectors, practice })
  const wish = { appId: 'desk', connector: 'googlecalendar', scopes: [], practice: true }
  const token = (user?: string) => connections.accessToken({ appId: 'desk', connector: 'googlecalendar', ...(user && { user }) })
  await connectWith(connections, wish, agreeAs('robin'))
  await assert.rejects(token(builder), { code: 'needs_connection' })

  const { connection: own, warning } = await connectWith(connections, { ...wish, mode: 'app-user' }, agreeAs('mia'))
  assert.deepEqual([own.isDefault, warning], [true, null])
  const [shared, mine] = [await token(), await token(builder)]
  assert.deepEqual(
    [shared.account?.label, shared.mode, mine.account?.label, mine.mode],
    ['robin@northwind.example', 'shared', 'mia@northwind.example', 'app-user'],
  )
  const named = connections.accessToken({ appId: 'desk', connector: 'googlecalendar', connection: own.name })
  await assert.rejects(named, { code: 'needs_connection' })
  const labels = async (user?: string) => (await connections.accounts('desk', user)).map(({ account }) => account?.label)
  assert.deepEqual([await labels(), await labels(builder)], [['robin@northwind.example'], ['mia@northwind.example']])

  await connections.setDefault(own.id)
  assert.equal((await token()).account?.label, 'robin@northwind.example')
  await connections.disconnect(own.id)
  await connections.forget(own.id)
  await assert.rejects(token(builder), { code: 'needs_connection' })
  assert.equal((await token()).account?.label, 'robin@northwind.example')
})
