import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { until } from '../../core/until.fixture.ts'
import { createWorld } from './custody.fixture.ts'
import { master, runProcess, type KillOrder } from './process.fixture.ts'

type Place = Pick<KillOrder, 'side' | 'want'>

/** Kills a process with kill -9 at one commit of a side, then goes on in this one. False: it did not make so many. */
async function killedAt(t: TestContext, place: Place, commit: number): Promise<boolean> {
  const world = await createWorld(t, { master })
  const { origin } = new URL(world.provider.party.server.tokenEndpoint)
  const wish = { ...place, folder: world.folder, origin }
  const before = await world.openRelay()
  const first = await world.openDesktop()
  await first.connect()
  if (place.want === 'desktop') await first.custody.want('c1', 'relay')
  await first.close()
  await before.close()
  const wasKilled = await runProcess({ ...wish, commit })
  const relay = await world.openRelay()
  const desktop = await world.openDesktop()
  await desktop.custody.want('c1', place.want)
  const goal = place.want === 'relay' ? 'remote' : 'holder'
  await until(async () => (await desktop.entry()).state.role === goal, `${goal} after a kill at commit ${commit}`)
  if (place.want === 'relay') await relay.custody.accessToken('c1', 1)
  else assert.ok(world.provider.works(desktop.refreshToken() ?? ''))
  assert.equal(world.provider.seen.replays, 0)
  await desktop.close()
  await relay.close()
  return wasKilled
}

describe('kill -9', { concurrency: 2 }, () => {
  for (const side of ['desktop', 'relay'] as const)
    for (const want of ['relay', 'desktop'] as const)
      it(`of a process in each commit of the ${side}, on the way to the ${want}, costs nothing`, async t => {
        let commit = 1
        while (await killedAt(t, { side, want }, commit)) commit += 1
        assert.ok(commit > 2, `It was killed ${commit - 1} times.`)
      })
})
