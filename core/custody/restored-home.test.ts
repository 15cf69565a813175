import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { held, receive, type DesktopCustody } from './desktop.ts'
import { noRun, turnName, type Asking } from './messages.ts'
import { answerDesktop, unknownToRelay, type RelayCustody } from './relay.ts'

const facts = { isQuiet: true, canMove: true, isKeeper: true, stays: false }
const asked = (kind: Asking['kind'], turn: number, base = ''): Asking => ({ kind, turn, seen: 0, run: noRun, base })
const active: RelayCustody = { ...unknownToRelay, role: 'active', turn: 8, by: 'turn8' }
const released: RelayCustody = { ...unknownToRelay, role: 'released', turn: 2 }

/** What the relay knows after a restored desktop has asked it, in turn 10, what is so. */
function afterWhere(state: RelayCustody): RelayCustody {
  const { next } = answerDesktop(state, noRun, asked('Where', 10), facts)
  assert.ok(next)
  return next
}

describe('once the relay has told a restored desktop what is so', () => {
  for (const [what, state, late] of [
    ['a take-back', active, asked('Reclaim', 9, 'turn8')],
    ['an offer', released, asked('Offer', 3)],
    ['a word that the desktop holds it', active, asked('Mine', 9)],
    ['a disconnect', active, asked('Gone', 9)],
  ] as const)
    it(`${what} that was still on its way changes nothing`, () => {
      assert.deepEqual(answerDesktop(afterWhere(state), noRun, late, facts), { next: null, effect: null, answer: null })
    })

  it('a word that the relay has it may come late, and makes nothing older count again', () => {
    const { next, answer } = answerDesktop(
      afterWhere({ ...released, turn: 3, pendingTurn: 3 }),
      noRun,
      asked('Yours', 3, turnName(3)),
      facts,
    )
    assert.deepEqual([answer?.kind, next?.role, next?.turn], ['Active', 'active', 10])
  })

  it('the answer counts for that question alone, not for what is asked after it', () => {
    const unknown = { kind: 'Unknown', turn: 10, run: noRun, own: 0 } as const
    const desktopFacts = { hasEscrow: false, isQuiet: true }
    const behind: DesktopCustody = { ...held, turn: 10, behind: true }
    const after = receive(behind, unknown, desktopFacts)
    assert.deepEqual([after?.next.behind, after?.next.role], [false, 'holder'])
    const yielding: DesktopCustody = { ...held, ...after?.next, role: 'yielding' }
    assert.equal(receive(yielding, unknown, desktopFacts), null)
  })
})

it('the relay does not say that it has nothing while what it let go of may still reach the provider', () => {
  const { next, answer } = answerDesktop(released, noRun, asked('Where', 10), { ...facts, isQuiet: false })
  assert.deepEqual([answer, next?.turn], [null, 10])
  assert.equal(answerDesktop({ ...released, turn: 10 }, noRun, asked('Where', 10), facts).answer?.kind, 'Unknown')
})
