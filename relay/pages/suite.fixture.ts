import { after, before } from 'node:test'
import type { Role } from '../../core/contract/relay.ts'
import type { Browser, DatabaseKind } from '../relay.fixture.ts'
import { joinEveryRole, startWorkspace } from './workspace.fixture.ts'

/** One workspace for all tests of a suite, with these versions published, an account given and somebody of each role. */
export function shareWorkspace(kind: DatabaseKind, published: readonly (1 | 2)[]) {
  const ends: (() => Promise<void> | void)[] = []
  let place: Awaited<ReturnType<typeof startWorkspace>>
  let people: Awaited<ReturnType<typeof joinEveryRole>>
  before(async () => {
    place = await startWorkspace({ after: end => void ends.unshift(end) }, { kind })
    for (const number of published) await place.publish(number)
    await place.give()
    people = await joinEveryRole(place)
  })
  after(async () => {
    for (const end of ends) await end()
  })
  return { place: () => place, as: (name: Role): Browser => people[name] }
}
