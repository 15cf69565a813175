import type { Provider } from '../core/provider.ts'
import type { Attempt, TokenRow } from './row.ts'
import type { Timing } from './timing.ts'

/** What an exchange does to the refresh token that was sent. `graceMs`: how long it may be sent again, where the provider says so and means it. */
export type Rotation = { class: Provider['rotation']; graceMs?: number }

/**
 * When an attempt of a process that does not answer may be passed over. `proof`: never while that process may live, for one machine, where
 * death can be proved. `patience`: many nodes, where it cannot; longer than `freezeMs` (the longest stop of a process that is planned for)
 * and 90 s together.
 */
export type Takeover = { by: 'proof' } | { by: 'patience'; patienceMs: number; freezeMs: number }

/** Sending the current refresh token although an earlier attempt may have used it costs nothing. */
export function replayIsHarmless(row: TokenRow, now: number, rotation: Rotation, takeover: Takeover): boolean {
  if (rotation.class === 'none' || rotation.class === 'stable' || rotation.class === 'untilUsed') return true
  if (rotation.class === 'strict' || rotation.graceMs === undefined || takeover.by === 'proof') return false
  // The provider counts from the first exchange: a late replay falls behind the window.
  const age = row.firstAttemptAt === null ? 0 : now - row.firstAttemptAt
  return age + takeover.freezeMs <= rotation.graceMs
}

/** Another attempt may be opened over this one, whose owner may still live. */
export function mayPass(
  attempt: Attempt,
  row: TokenRow,
  now: number,
  rotation: Rotation,
  takeover: Takeover,
  { drainMs }: Timing,
): boolean {
  if (takeover.by === 'proof') return false
  const ageMs = now - attempt.openedAt
  const keepsToken = rotation.class === 'none' || rotation.class === 'stable'
  const harmless = keepsToken || (attempt.generation === row.generation && replayIsHarmless(row, now, rotation, takeover))
  return ageMs > (harmless ? drainMs : takeover.patienceMs)
}
