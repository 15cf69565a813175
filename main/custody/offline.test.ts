import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Custodian, DesktopRole } from '../../core/custody/desktop.ts'
import { until } from '../../core/until.fixture.ts'
import { createWorld, type Mishap } from './custody.fixture.ts'

const threeDaysMs = 3 * 24 * 60 * 60_000

type Case = { role: DesktopRole; wants: readonly Custodian[]; mishaps: readonly Mishap[]; flows: 'run' | RegExp; goal: DesktopRole }

// The first offer only learns which run of the relay it talks to.
const cases: readonly Case[] = [
  { role: 'holder', wants: [], mishaps: [], flows: /is not on this relay/, goal: 'holder' },
  { role: 'offering', wants: ['relay'], mishaps: ['fine', 'answerLost'], flows: /was not finished|not on this relay/, goal: 'remote' },
  { role: 'released', wants: ['relay'], mishaps: ['fine', 'fine', 'lost'], flows: /was not finished|not on this relay/, goal: 'remote' },
  { role: 'remote', wants: ['relay'], mishaps: [], flows: 'run', goal: 'remote' },
  { role: 'reclaiming', wants: ['relay', 'desktop'], mishaps: ['answerLost'], flows: 'run', goal: 'holder' },
  { role: 'heldBack', wants: ['relay', 'desktop'], mishaps: ['fine', 'lost'], flows: 'run', goal: 'holder' },
]

describe('a desktop that is offline for three days', { concurrency: true }, () => {
  for (const { role, wants, mishaps, flows, goal } of cases)
    it(`as ${role}: flows on the relay ${flows === 'run' ? 'run' : 'wait'}, and then it is ${goal === 'remote' ? 'on the relay' : 'on the desktop'}`, async t => {
      const world = await createWorld(t)
      const relay = await world.openRelay({ returningMs: 0 })
      const desktop = await world.openDesktop({ timing: { retryMs: 600_000, longestRetryMs: 600_000 } })
      await desktop.connect()
      for (const [nth, want] of wants.entries()) {
        if (nth === wants.length - 1) world.mishaps.push(...mishaps)
        await desktop.custody.want('c1', want)
      }
      assert.equal((await desktop.entry()).state.role, role)
      await desktop.close()
      world.mishaps.length = 0

      const flow = relay.custody.accessToken('c1', 1)
      if (flows === 'run') assert.ok((await flow).token.accessToken)
      else await assert.rejects(flow, { message: flows })

      const back = await world.openDesktop({ now: () => Date.now() + threeDaysMs })
      await back.custody.start()
      await until(async () => (await back.entry()).state.role === goal, `${goal} after ${role}`)
      if (goal === 'remote') assert.ok((await relay.custody.accessToken('c1')).token.accessToken)
      else assert.ok(world.provider.works(back.refreshToken() ?? ''))
      assert.equal(world.provider.seen.replays, 0)
    })
})
