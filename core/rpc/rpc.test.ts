import assert from 'node:assert/strict'
import { test } from 'node:test'
import { implement } from '@orpc/server'
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from '../contract/base.ts'
import { AppError } from '../errors.ts'
import { connectPort } from './connect.ts'
import { splitPort, type Port } from './port.ts'
import { serveOnPort } from './serve.ts'

const contract = {
  double: procedure.input(z.object({ n: z.number({ error: 'Give a number.' }) })).output(z.number()),
  refuse: procedure.output(z.number()),
  crash: procedure.output(z.number()),
  count: procedure.input(z.object({ to: z.number() })).output(eventIterator(z.number())),
}

function openPair() {
  const reported: AppError[] = []
  const ended: string[] = []
  const os = implement(contract)
  const router = os.router({
    double: os.double.handler(({ input }) => input.n * 2),
    refuse: os.refuse.handler(() => {
      throw new AppError('needs_connection', 'Connect Slack first.', { action: { kind: 'connect', connector: 'slackbot' } })
    }),
    crash: os.crash.handler(() => {
      throw new Error('secret detail')
    }),
    count: os.count.handler(async function* ({ input, signal }) {
      try {
        for (let n = 0; n < input.to; n++) {
          yield n
          await new Promise(resolve => setImmediate(resolve))
          signal?.throwIfAborted()
        }
        throw new AppError('timeout', 'It took too long.')
      } finally {
        ended.push('count')
      }
    }),
  })
  const { port1, port2 } = new MessageChannel()
  serveOnPort(splitPort(port1 as unknown as Port, ['calls']).calls, router, error => reported.push(error))
  port1.start()
  port2.start()
  const client = connectPort<typeof contract>(splitPort(port2 as unknown as Port, ['calls']).calls)
  return { client, reported, ended, [Symbol.dispose]: () => port1.close() }
}

test('a call crosses the port and comes back', async () => {
  using pair = openPair()
  assert.equal(await pair.client.double({ n: 21 }), 42)
})

test('an AppError arrives with its code, message and action', async () => {
  using pair = openPair()
  await assert.rejects(pair.client.refuse(), (error: AppError) => {
    assert.deepEqual(error.toJSON(), {
      code: 'needs_connection',
      message: 'Connect Slack first.',
      action: { kind: 'connect', connector: 'slackbot' },
    })
    return true
  })
})

test('a bug arrives as internal, says nothing of its cause, and is reported', async () => {
  using pair = openPair()
  await assert.rejects(
    pair.client.crash(),
    (error: AppError) => error.code === 'internal' && !JSON.stringify(error).includes('secret detail'),
  )
  assert.deepEqual(
    pair.reported.map(({ cause }) => String(cause)),
    ['Error: secret detail'],
  )
})

test('wrong input arrives as validation with the words of the schema', async () => {
  using pair = openPair()
  await assert.rejects(
    pair.client.double({ n: 'x' as never }),
    (error: AppError) => error.code === 'validation' && error.message === 'n: Give a number.',
  )
})

test('a stream yields its items and ends with its error', async () => {
  using pair = openPair()
  const seen: number[] = []
  await assert.rejects(
    async () => {
      for await (const n of await pair.client.count({ to: 3 })) seen.push(n)
    },
    (error: AppError) => error.code === 'timeout',
  )
  assert.deepEqual(seen, [0, 1, 2])
})

test('leaving a stream ends it on the other side', async () => {
  using pair = openPair()
  for await (const n of await pair.client.count({ to: 1_000_000 })) if (n === 2) break
  while (pair.ended.length === 0) await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(pair.ended, ['count'])
})
