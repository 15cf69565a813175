import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Flaw } from './sides.fixture.ts'
import { happenings, World, type Happening } from './world.fixture.ts'

/** More, to look for the rare ones: `CUSTODY_RUNS=200000`. */
const runs = Number(process.env['CUSTODY_RUNS'] ?? 500)

type Turn = { kind: 'happen'; what: Happening } | { kind: 'step'; chosen: number; fresh: boolean }

const turns = (of: readonly Happening[]) =>
  fc.array(
    fc.oneof(
      {
        weight: 2,
        arbitrary: fc.constantFrom(...of, 'publish' as const, 'publish' as const).map((what): Turn => ({ kind: 'happen', what })),
      },
      { weight: 7, arbitrary: fc.record({ chosen: fc.nat(1000), fresh: fc.boolean() }).map((turn): Turn => ({ kind: 'step', ...turn })) },
    ),
    { minLength: 20, maxLength: 90, size: 'max' },
  )

/** Lives through a schedule, then lets the two sides talk without late messages until all is settled. */
function live(schedule: readonly Turn[], flaw: Flaw | null = null): World {
  const world = new World(flaw)
  for (const turn of schedule)
    if (turn.kind === 'happen') world.happen(turn.what)
    else world.step(turn.chosen, turn.fresh)
  return world
}

function settle(world: World): void {
  for (let n = 0; n < 300 && !world.isSettled(); n += 1) if (!world.step(n * 7, true)) break
  assert.ok(world.isSettled(), `It never settles: ${world.describe()}`)
}

const check = (of: readonly Happening[], flaw: Flaw | null, numRuns: number) =>
  fc.check(
    fc.property(turns(of), schedule => settle(live(schedule, flaw))),
    { numRuns },
  )

const homes: readonly Happening[] = ['desktop backup', 'desktop restore']
const without = (...left: readonly Happening[]) => happenings.filter(each => !left.includes(each))

const withHomes = without('desktop disconnect', 'relay disconnect', 'backup', 'restore')
const withoutHomes = without(...homes)

describe('custody, whatever the network loses, repeats and reorders,', { concurrency: true }, () => {
  for (const [name, of] of [
    ['with home directories that are restored from backups', withHomes],
    ['while it moves to and fro', ['publish', 'take back', 'withdraw', 'call off', 'time out', 'desktop refresh', 'relay refresh']],
    [
      'with crashes and new authorizations on either side',
      without('backup', 'restore', 'desktop disconnect', 'relay disconnect', ...homes),
    ],
    ['with disconnecting on either side', without('backup', 'restore', ...homes)],
    ['with a relay that is restored from backups', without('desktop disconnect', 'relay disconnect', ...homes)],
    ['with everything at once but restored home directories', withoutHomes],
  ] as const)
    it(`never lets both refresh, drops no last copy, and settles where its user wants it: ${name}`, () => {
      const result = check(of, null, runs)
      assert.ok(!result.failed, `${String(result.errorInstance)}\n${JSON.stringify(result.counterexample)}`)
    })

  for (const flaw of ['forgetAttempt', 'activateOnOffer', 'noLedger', 'noEscrow', 'keepAfterHeld', 'noKeychain'] as const)
    it(`would not hold with the flaw “${flaw}”`, () => {
      assert.ok(check(flaw === 'noKeychain' ? withHomes : withoutHomes, flaw, 30_000).failed)
    })
})
