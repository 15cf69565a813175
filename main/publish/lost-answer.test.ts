import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AppError } from '../../core/errors.ts'
import { orAbort } from '../../core/or-abort.ts'
import { until } from '../../core/until.fixture.ts'
import { startPublishing } from '../../relay/releases/releases.fixture.ts'
import type { RelayRequest } from '../relay/answers.ts'
import { publishingDesktop } from './publish.fixture.ts'

const ends: (() => Promise<void> | void)[] = []
const t = { after: (end: () => Promise<void> | void) => void ends.unshift(end) }
let relay: Awaited<ReturnType<typeof startPublishing>>
before(async () => (relay = await startPublishing(t)))
after(async () => {
  for (const end of ends) await end()
})

const isSwitch = (path: string) => /\/(versions|live)$/.test(path)
const lost = () => new AppError('unavailable', 'The connection to the relay was cut.')

/** A desktop, the answer to whose request to make a version live is `fate`: the request itself is sent by `send`. */
async function openDesktop(fate: (send: () => Promise<Response>, signal: AbortSignal) => Promise<Response>, home?: string) {
  const through =
    (request: RelayRequest): RelayRequest =>
    (path, init) =>
      isSwitch(path) ? fate(() => request(path, { ...init, signal: null }), init?.signal ?? assert.fail()) : request(path, init)
  return publishingDesktop(t, { url: relay.relay.url, access: relay.access }, { through, home })
}

const liveOf = async (appId: string) => (await relay.releases.app(appId))?.live ?? null

/** The relay does what it is asked to the end; nobody hears of it. */
async function unheard(send: () => Promise<Response>): Promise<Response> {
  await (await send()).text()
  throw lost()
}

/** The relay has the request, and its answer arrives when `arrive` is called. */
function held() {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
  const fate = async (send: () => Promise<Response>, signal: AbortSignal) => {
    const answer = send()
    await orAbort(
      arrived.then(() => answer),
      signal,
    )
    return answer
  }
  return { arrive, fate }
}

describe('a publish whose version the relay is making live', () => {
  it('cannot be cancelled any more, and says what is live when it is', async () => {
    const { arrive, fate } = held()
    const { projects, publish, jobWhen, end } = await openDesktop(fate)
    const { appId } = await projects.create({ name: 'Too late' })
    await publish.start(appId, null, 'First')
    await jobWhen(appId, ({ canCancel }) => !canCancel)
    await until(() => liveOf(appId))
    await assert.rejects(publish.cancel(appId), {
      code: 'conflict',
      message: 'It is being made live now and cannot be stopped any more.',
    })
    arrive()
    assert.equal((await end(appId)).outcome?.type, 'live')
    assert.partialDeepStrictEqual(await publish.preview(appId), { live: { number: 1 }, isNewer: false, taken: null })
  })

  it('is live when the relay says so, although its answer was cut and no other one came', async () => {
    let isFirst = true
    const { projects, publish, edit, send, finish } = await openDesktop(async send => {
      if (!isFirst) throw lost()
      isFirst = false
      return unheard(send)
    })
    const { appId } = await projects.create({ name: 'Cut' })
    const first = await send(appId, null)
    assert.partialDeepStrictEqual(first.outcome, { type: 'live', version: { number: 1 }, changed: true })
    assert.ok(first.steps.every(({ state }) => state === 'done'))
    assert.equal((await publish.watch(appId).next()).value?.published?.version.number, 1)
    isFirst = true
    await edit(appId, 'notes.md', 'more')
    assert.equal((await send(appId, 1)).outcome?.type, 'live')
    assert.partialDeepStrictEqual(await publish.preview(appId), { live: { number: 2 }, isNewer: false, taken: null })
    isFirst = true
    const back = await finish(appId, () => publish.rollBack(appId, 1, 2))
    assert.partialDeepStrictEqual(back.outcome, { type: 'live', version: { number: 1 } })
    assert.partialDeepStrictEqual(await publish.preview(appId), { live: { number: 1 }, isNewer: false })
  })

  it('is not published when the relay says that nothing has changed', async () => {
    const { projects, publish, send } = await openDesktop(async () => {
      throw lost()
    })
    const { appId } = await projects.create({ name: 'Never heard' })
    assert.partialDeepStrictEqual((await send(appId, null)).outcome, { type: 'failed', error: { code: 'unavailable' } })
    assert.equal((await publish.preview(appId)).live, null)
  })

  it('is not known to be live while the relay is gone; once it is back, that is known, and the version is this desktop’s own', async () => {
    let line = { url: '' }
    const desktop = await openDesktop(async send => {
      await (await send()).text()
      line.url = 'http://127.0.0.1:9'
      throw lost()
    })
    const { projects, publish, edit, send, end, finish } = desktop
    line = desktop.line
    const { appId } = await projects.create({ name: 'Gone' })
    const { outcome } = await send(appId, null, 'First')
    assert.ok(outcome?.type === 'unknown')
    assert.equal(
      outcome.error.message,
      'It is not known whether “First” went live, because the relay does not answer. Publish again to see.',
    )
    line.url = relay.relay.url
    await edit(appId, 'notes.md', 'more')
    assert.partialDeepStrictEqual(await publish.preview(appId), { live: { number: 1 }, isNewer: false, taken: null })
    const known = await end(appId)
    assert.partialDeepStrictEqual(known.outcome, { type: 'live', version: { number: 1 } })
    assert.ok(known.steps.every(({ state }) => state === 'done'))

    assert.equal((await send(appId, 1, 'Second')).outcome?.type, 'unknown')
    line.url = relay.relay.url
    await publish.preview(appId)
    const back = await finish(appId, () => publish.rollBack(appId, 1, 2))
    assert.ok(back.outcome?.type === 'unknown')
    assert.match(back.outcome.error.message, /whether version 1 went live.*Roll back again to see\.$/)
    line.url = relay.relay.url
    assert.partialDeepStrictEqual(await publish.preview(appId), { live: { number: 1 }, isNewer: false })
  })

  it('is not published when the relay was gone before it heard of it, which it says once it is back', async () => {
    let line = { url: '' }
    const desktop = await openDesktop(async () => {
      line.url = 'http://127.0.0.1:9'
      throw lost()
    })
    const { projects, publish, send, end } = desktop
    line = desktop.line
    const { appId } = await projects.create({ name: 'Gone before' })
    assert.equal((await send(appId, null)).outcome?.type, 'unknown')
    line.url = relay.relay.url
    assert.equal((await publish.preview(appId)).live, null)
    assert.equal((await end(appId)).outcome?.type, 'failed')
  })

  it('is this desktop’s own when Plugboard was closed meanwhile', async () => {
    const { fate } = held()
    const { home, projects, publish, jobWhen } = await openDesktop(fate)
    const { appId } = await projects.create({ name: 'Closed' })
    await publish.start(appId, null, 'First')
    await jobWhen(appId, ({ canCancel }) => !canCancel)
    await publish.close()
    await until(() => liveOf(appId))
    const again = await openDesktop(send => send(), home)
    await again.edit(appId, 'notes.md', 'more')
    assert.partialDeepStrictEqual(await again.publish.preview(appId), { live: { number: 1 }, isNewer: false, taken: null })
    assert.equal((await again.send(appId, 1)).outcome?.type, 'live')
  })
})
