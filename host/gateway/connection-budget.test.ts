import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/errors.ts'
import type { RateLimits } from '../../core/rate-limit.ts'
import { createConnectionBudget, type Turn } from './connection-budget.ts'
import { startClock } from './gateway.fixture.ts'
import type { Told } from './read-limits.ts'

type Wish = { path?: string; body?: unknown; caller?: string; withinMs?: number; signal?: AbortSignal }

/** A budget on a clock that stands; `ask` says in `log` what became of each wish. */
function open(limits: RateLimits = {}) {
  const clock = startClock()
  const budget = createConnectionBudget(limits, 'Notes', clock.budgets.clock)
  const log: string[] = []
  const turns = new Map<string, Turn>()
  async function ask(
    name: string,
    { path = '/', body, caller = 'a flow', withinMs = 27_000, signal = new AbortController().signal }: Wish = {},
  ) {
    try {
      turns.set(
        name,
        await budget.turn({ url: new URL(path, 'https://notes.example'), body, caller, until: clock.now() + withinMs, signal }),
      )
      log.push(name)
    } catch (error) {
      log.push(`${name}: ${error instanceof AppError ? `${error.code} ${error.retryAfterMs}` : String(error)}`)
    }
  }
  const settle = () => new Promise(setImmediate)
  /** What happened since the last look. */
  const happened = async () => {
    await settle()
    return log.splice(0)
  }
  const end = (name: string, told: Told = {}) => turns.get(name)?.end(told)
  const advance = async (ms: number) => {
    clock.advance(ms)
    return happened()
  }
  return { ask, end, happened, advance, budget }
}

const refused = (waitMs: number | null, everything = false): Told => ({ refused: { waitMs, everything } })

test('only so many requests are under way at once; the next begins when one ends', async () => {
  const { ask, end, happened } = open({ concurrent: 2 })
  for (const name of ['1', '2', '3', '4']) void ask(name)
  assert.deepEqual(await happened(), ['1', '2'])
  end('1')
  assert.deepEqual(await happened(), ['3'])
  end('2')
  end('3')
  assert.deepEqual(await happened(), ['4'])
})

test('callers take turns: a flow with many requests does not keep a function with one waiting', async () => {
  const { ask, end, happened } = open({ concurrent: 1 })
  for (const name of ['flow 1', 'flow 2', 'flow 3']) void ask(name)
  void ask('function', { caller: 'a function' })
  const order: string[] = []
  for (let n = 0; n < 4; n++) {
    const [name = ''] = await happened()
    order.push(name)
    end(name)
  }
  assert.deepEqual(order, ['flow 1', 'flow 2', 'function', 'flow 3'])
})

test('one refusal makes all callers of the connection wait, and all go on after it', async () => {
  const { ask, end, happened, advance } = open({ concurrent: 4 })
  void ask('first')
  await happened()
  end('first', refused(3000))
  for (const caller of ['a flow', 'a function', 'a form']) void ask(caller, { caller })
  assert.deepEqual(await happened(), [])
  assert.deepEqual(await advance(2999), [])
  assert.equal((await advance(1)).length, 1)
  end('a flow')
  end('a function')
  assert.equal((await happened()).length, 2)
})

test('after a refusal requests come back one by one, not in a rush', async () => {
  const { ask, end, happened, advance } = open({ concurrent: 8 })
  for (let n = 1; n <= 8; n++) void ask(`early ${n}`)
  for (const name of await happened()) end(name, refused(1000))
  for (let n = 1; n <= 40; n++) void ask(`late ${n}`)
  const widths: number[] = []
  for (let under = await advance(1000); under.length > 0; under = await happened()) {
    widths.push(under.length)
    for (const name of under) end(name)
  }
  assert.ok((widths[0] ?? 9) <= 4, widths.join())
  assert.equal(
    widths.reduce((sum, width) => sum + width),
    40,
  )
})

test('a wait that does not fit is refused at once, also for those who wait already', async () => {
  const { ask, end, happened, advance } = open({ concurrent: 1 })
  void ask('under way')
  void ask('patient', { withinMs: 100_000, caller: 'b' })
  void ask('hurried', { withinMs: 5000 })
  await happened()
  end('under way', refused(60_000))
  assert.deepEqual(await happened(), ['hurried: rate_limited 60000'])
  void ask('late')
  assert.deepEqual(await happened(), ['late: rate_limited 60000'])
  assert.deepEqual(await advance(60_000), ['patient'])
})

test('a request whose turn does not come in time ends as one that was not sent', async () => {
  const { ask, happened, advance } = open({ concurrent: 1 })
  void ask('endless')
  void ask('waits', { withinMs: 4000 })
  assert.deepEqual(await happened(), ['endless'])
  assert.deepEqual(await advance(4000), ['waits: rate_limited 1000'])
})

test('kinds that the service counts apart do not wait for each other', async () => {
  const { ask, end, happened, advance } = open({ kinds: /^\/api\/([\w.]+)/ })
  void ask('list', { path: '/api/conversations.list' })
  await happened()
  end('list', refused(9000))
  void ask('list again', { path: '/api/conversations.list' })
  void ask('post', { path: '/api/chat.postMessage' })
  assert.deepEqual(await happened(), ['post'])
  assert.deepEqual(await advance(9000), ['list again'])
})

test('a refusal that is about everything stops all kinds', async () => {
  const { ask, end, happened, advance } = open({ kinds: /^\/(search)\b/ })
  void ask('search', { path: '/search/issues' })
  await happened()
  end('search', refused(9000, true))
  void ask('issue', { path: '/repos/a/b/issues' })
  assert.deepEqual(await happened(), [])
  assert.deepEqual(await advance(9000), ['issue'])
})

test('a pace holds for each value of its field: some at once, then one after another', async () => {
  const paces = [{ path: /^\/post$/, field: 'channel', gapMs: 1000, burst: 2 }]
  const { ask, end, happened, advance } = open({ paces })
  const post = (name: string, body: unknown) => ask(name, { path: '/post', body }).then(() => end(name))
  for (const name of ['1', '2', '3', '4']) void post(name, `channel=%23support&text=${name}`)
  void post('other', '{"channel":"#team"}')
  void post('none', '{"channel":7}')
  assert.deepEqual(await happened(), ['1', '2', 'other', 'none'])
  assert.deepEqual(await advance(1000), ['3'])
  assert.deepEqual(await advance(1000), ['4'])
})

test('a pace that is booked out refuses at once what would come too late', async () => {
  const paces = [{ path: /^\/post$/, field: 'channel', gapMs: 1000, burst: 1 }]
  const { ask, happened } = open({ paces })
  for (let n = 0; n < 6; n++) void ask(String(n), { path: '/post', body: 'channel=a', withinMs: 3500 })
  assert.deepEqual(await happened(), ['0', '4: rate_limited 4000', '5: rate_limited 4000'])
})

test('when little is left of a window, requests are spread over the rest of it', async () => {
  const { ask, end, happened, advance } = open()
  void ask('first')
  await happened()
  end('first', { left: { count: 20, limit: 1000, resetMs: 10_000 } })
  for (const name of ['1', '2', '3']) void ask(name)
  assert.deepEqual(await happened(), ['1'])
  assert.deepEqual(await advance(499), [])
  assert.deepEqual(await advance(1), ['2'])
  assert.deepEqual(await advance(500), ['3'])
})

test('when nothing is left, the next waits for the new window and is not refused first', async () => {
  const { ask, end, happened, advance } = open()
  void ask('last')
  await happened()
  end('last', { left: { count: 0, limit: 60, resetMs: 8000 } })
  void ask('next')
  assert.deepEqual(await happened(), [])
  assert.deepEqual(await advance(8000), ['next'])
})

test('without a word on how long, the wait doubles with each refusal in a row and a success ends it', async () => {
  const { ask, end, happened, advance } = open()
  const waits: number[] = []
  for (let n = 0; n < 4; n++) {
    void ask(`${n}`, { withinMs: 600_000 })
    let waited = 0
    for (let [name] = await happened(); name === undefined; [name] = await advance(50)) waited += 50
    waits.push(waited)
    end(`${n}`, refused(null))
  }
  const [none, ...rest] = waits
  assert.equal(none, 0)
  for (const [index, wait] of rest.entries()) {
    const middle = 500 * 2 ** index
    assert.ok(wait >= middle * 0.75 && wait <= middle * 1.25 + 50, waits.join())
  }
})

test('what has passed is forgotten', async () => {
  const { ask, end, happened, advance, budget } = open({ kinds: /^\/(search)\b/ })
  void ask('a', { path: '/search' })
  await happened()
  assert.equal(budget.isIdle(), false)
  end('a', refused(2000))
  assert.equal(budget.isIdle(), false)
  await advance(2000)
  assert.equal(budget.isIdle(), true)
})

test('who gives up waiting leaves the queue', async () => {
  const { ask, end, happened } = open({ concurrent: 1 })
  const controller = new AbortController()
  void ask('1')
  void ask('2', { signal: controller.signal })
  void ask('3')
  await happened()
  controller.abort(new Error('given up'))
  assert.deepEqual(await happened(), ['2: Error: given up'])
  end('1')
  assert.deepEqual(await happened(), ['3'])
})

test('a thousand that wait all get their turn', async () => {
  const { ask, end, happened, advance } = open({ concurrent: 10 })
  void ask('first')
  await happened()
  end('first', refused(5000))
  for (let n = 0; n < 1000; n++) void ask(`${n}`, { caller: `flow ${n % 7}` })
  await happened()
  let done = 0
  for (let under = await advance(5000); under.length > 0; under = await happened()) {
    done += under.length
    for (const name of under) end(name)
  }
  assert.equal(done, 1000)
})
