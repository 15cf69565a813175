import { z } from 'zod'
import { isSameRun, ownName, turnName, type Answering, type Asking, type RelayRun } from './messages.ts'

/** Where the right to refresh a connection stands, as its desktop knows it. Only a `holder` refreshes. */
export const desktopRole = z.enum([
  'holder',
  'offering',
  'released',
  'remote',
  'reclaiming',
  'heldBack',
  'reoffering',
  'conflict',
  'yielding',
  'needs_reconnect',
  'gone',
])
export type DesktopRole = z.infer<typeof desktopRole>

export const custodian = z.enum(['desktop', 'relay'])
/** Who is to hold a connection. */
export type Custodian = z.infer<typeof custodian>

/**
 * A desktop's record of one connection, without the tokens. `turn` counts what the desktop began and never falls; `base` names the stretch
 * of custody on the relay, empty as holder; `seen` is the last change made on the relay that is known here. `behind`: this computer's files
 * were restored from a backup, and the relay has not yet said what is so; until then nothing is done.
 */
export type DesktopCustody = {
  role: DesktopRole
  want: Custodian
  turn: number
  base: string
  seen: number
  run: RelayRun
  behind: boolean
}

export const held: DesktopCustody = {
  role: 'holder',
  want: 'desktop',
  turn: 0,
  base: '',
  seen: 0,
  run: { id: '', number: 0 },
  behind: false,
}

/** `hasEscrow`: what was handed over is kept, sealed to the relay. `isQuiet`: no refresh is under way, nor can one still reach the provider. */
export type DesktopFacts = { hasEscrow: boolean; isQuiet: boolean }

/**
 * What happens to the tokens in the same commit. `letGo`: the token goes, what was sealed stays as escrow. `hold`: what came back is kept
 * and not used. `takeUp`: it becomes the token. `dropToken`, `dropHeld`; `dropCopies`: all but the token; `dropSecrets`: both, the relay has
 * it; `dropAll`: nobody has it.
 */
export type DesktopEffect = 'letGo' | 'hold' | 'takeUp' | 'dropToken' | 'dropHeld' | 'dropCopies' | 'dropSecrets' | 'dropAll'

export type DesktopMove = { next: DesktopCustody; effect: DesktopEffect | null }

const asks: Record<DesktopRole, Asking['kind'] | null> = {
  holder: 'Mine',
  offering: 'Offer',
  reoffering: 'Offer',
  released: 'Yours',
  remote: 'Yours',
  yielding: 'Yours',
  needs_reconnect: 'Yours',
  reclaiming: 'Reclaim',
  heldBack: 'Returned',
  conflict: null,
  gone: 'Gone',
}

/** What the desktop asks in its role, until an answer moves it on. Null where it has nothing to ask. */
export function requestOf({ role, turn, seen, run, base, behind }: DesktopCustody): Asking | null {
  const kind = behind ? 'Where' : asks[role]
  return kind === null || (role === 'holder' && turn === 0) ? null : { kind, turn, seen, run, base }
}

/** The desktop's own next step towards what its user wants. Null when there is none, or it has to wait. */
export function towards(state: DesktopCustody, { isQuiet }: DesktopFacts): DesktopMove | null {
  const { role, want, behind } = state
  if (behind) return null
  if (role === 'holder' && want === 'relay' && isQuiet) return move(state, { role: 'offering', turn: state.turn + 1 })
  if (role === 'offering' && want === 'desktop') return move(state, { role: 'holder' })
  if (role === 'remote' && want === 'desktop') return move(state, { role: 'reclaiming', turn: state.turn + 1 })
  return null
}

/** An offer is taken back to refresh meanwhile, or because nobody answers: free, as the relay may not use it. */
export const withdraw = (state: DesktopCustody): DesktopMove | null =>
  state.role === 'offering' && !state.behind ? move(state, { role: 'holder' }) : null

/** Of two accounts, the user's pick. That of the relay has to be confirmed there before this one goes. */
export function pick(state: DesktopCustody, choice: Custodian): DesktopMove | null {
  if (state.role !== 'conflict' || state.behind) return null
  return choice === 'desktop'
    ? move(state, { role: 'holder', turn: state.turn + 1 })
    : move(state, { role: 'yielding', base: ownName(state.seen), want: 'relay' })
}

/** What was to go to the relay is to stay here after all. Null where it is there already, or was not to go. */
export const callOff = (state: DesktopCustody): DesktopMove | null =>
  state.want === 'relay' && (state.role === 'holder' || state.role === 'offering')
    ? move(withdraw(state)?.next ?? state, { want: 'desktop' })
    : null

/** The user has signed in again here: a new grant, whatever was under way. */
export const reconnected = (state: DesktopCustody): DesktopMove =>
  state.role === 'holder' && !state.behind
    ? move(state, {}, 'dropCopies')
    : move(
        state,
        { role: 'holder', turn: state.turn + 1, base: '', want: state.role === 'gone' ? 'desktop' : state.want, behind: false },
        'dropCopies',
      )

/** The user has connected an account through the relay, which has had it from its first moment: as its change `own`, whatever was under way here. */
export const bornThere = (state: DesktopCustody, { own, run }: { own: number; run: RelayRun }): DesktopMove =>
  move(state, { role: 'remote', want: 'relay', turn: state.turn + 1, base: ownName(own), seen: own, run, behind: false }, 'dropCopies')

/** Another desktop of the same member has handed it over; from now on this one alone speaks of it. It has no copy. */
export const tookOver = (state: DesktopCustody, there: { turn: number; own: number; base: string; run: RelayRun }): DesktopMove =>
  move(
    state,
    { role: 'remote', want: 'desktop', turn: there.turn, base: there.base, seen: there.own, run: there.run, behind: false },
    'dropCopies',
  )

export const disconnected = (state: DesktopCustody): DesktopMove =>
  move(state, { role: 'gone', turn: state.turn + 1, behind: false }, 'dropAll')

/**
 * What is kept elsewhere on this computer knows a later turn, or later changes: the files were restored. The relay has to say what is so, in a
 * turn of its own, so that nothing it has said before counts.
 */
export const fallBehind = (state: DesktopCustody, reached: { turn: number; seen: number }): DesktopMove =>
  move(state, { turn: Math.max(state.turn, reached.turn) + 1, seen: Math.max(state.seen, reached.seen), behind: true })

/** What an answer of the relay changes here. Null when it does not count: it belongs to another turn or run, or to another role. */
export function receive(state: DesktopCustody, answer: Answering, facts: DesktopFacts): DesktopMove | null {
  if (answer.kind === 'OtherRun') return answer.run.number > state.run.number ? move(state, { run: answer.run }) : null
  const counts =
    requestOf(state) !== null &&
    answer.turn === state.turn &&
    isSameRun(answer.run, state.run) &&
    (answer.own >= state.seen || answer.kind === 'Unknown' || answer.kind === 'Elsewhere')
  if (!counts) return null
  // Its question had a turn of its own: what else is said in that turn answers nothing that is asked after it.
  return state.behind ? catchUp({ ...state, turn: state.turn + 1 }, answer, facts) : follow(state, answer, facts)
}

/** What was restored is never newer than what the relay has. */
function catchUp(state: DesktopCustody, answer: Answering, { hasEscrow }: DesktopFacts): DesktopMove | null {
  const there = { behind: false, seen: answer.own, want: 'relay' } as const
  switch (answer.kind) {
    case 'There':
      return move(state, { ...there, role: answer.active ? 'remote' : 'released', base: answer.base ?? '' }, 'dropSecrets')
    case 'Changed':
      if (answer.role === 'active') return move(state, { ...there, role: 'remote', base: ownName(answer.own) }, 'dropSecrets')
      if (answer.role === 'off') return move(state, { behind: false, seen: answer.own, role: 'gone' }, 'dropAll')
      return answer.role === 'dead' ? move(state, { behind: false, seen: answer.own, role: 'needs_reconnect' }, 'dropSecrets') : null
    case 'Unknown':
      return startAgain({ ...state, behind: false, seen: Math.max(state.seen, answer.own) }, hasEscrow)
    case 'Elsewhere':
      return yieldTo({ ...state, behind: false }) ?? move(state, { behind: false })
    default:
      return null
  }
}

/** The relay has nothing: whatever was restored is all that there is. */
function startAgain(state: DesktopCustody, hasEscrow: boolean): DesktopMove {
  switch (state.role) {
    case 'holder':
    case 'offering':
    case 'conflict':
    case 'yielding':
      return move(state, { role: 'holder', base: '' })
    case 'heldBack':
    case 'gone':
      return move(state, {})
    default:
      return hasEscrow ? move(state, { role: 'reoffering', turn: state.turn + 1 }) : move(state, { role: 'needs_reconnect' })
  }
}

function follow(state: DesktopCustody, answer: Answering, { hasEscrow, isQuiet }: DesktopFacts): DesktopMove | null {
  const { role } = state
  switch (answer.kind) {
    case 'Held':
      if (role === 'offering') return move(state, { role: 'released', base: turnName(state.turn) }, 'letGo')
      return role === 'reoffering' ? move(state, { role: 'released', base: turnName(state.turn) }) : null
    case 'Active':
      if (role === 'yielding') return isQuiet ? move(state, { role: 'remote' }, 'dropToken') : null
      return role === 'released' || role === 'needs_reconnect' ? move(state, { role: 'remote' }) : null
    case 'Unknown':
      if (role === 'yielding') return keepOwn(state)
      if (role !== 'released' && role !== 'remote' && role !== 'reclaiming') return null
      return hasEscrow ? move(state, { role: 'reoffering', turn: state.turn + 1 }) : move(state, { role: 'needs_reconnect' })
    case 'Returning':
      return role === 'reclaiming' ? move(state, { role: 'heldBack' }, 'hold') : null
    case 'Cancelled':
      if (role !== 'reclaiming' && role !== 'heldBack') return null
      return move(state, { role: 'remote', ...(answer.stays && { want: 'relay' }) }, 'dropHeld')
    case 'Elsewhere':
      return yieldTo(state)
    case 'Back':
      return role === 'heldBack' ? move(state, { role: 'holder', base: '' }, 'takeUp') : null
    case 'Changed':
      return answer.role === undefined ? null : followChange(state, answer.role, answer.own)
    case 'Noted':
    case 'There':
    case 'OtherRun':
      return null
  }
}

/** Someone acted on the relay's pages, and this desktop did not know. */
function followChange(state: DesktopCustody, role: 'active' | 'off' | 'dead', own: number): DesktopMove | null {
  const isNews = own > state.seen
  if (state.role === 'gone') return null
  if (state.role === 'yielding') {
    if (role !== 'active') return keepOwn({ ...state, seen: own })
    return isNews ? move(state, { role: 'conflict', seen: own }) : null
  }
  if (state.role === 'holder' || state.role === 'offering') {
    if (!isNews) return null
    return role === 'active'
      ? move(state, { role: 'conflict', seen: own })
      : move(state, { role: 'holder', turn: state.turn + 1, seen: own, want: 'desktop' })
  }
  if (role === 'active') return isNews ? move(state, { role: 'remote', seen: own, base: ownName(own) }, 'dropCopies') : null
  if (role === 'off') return move(state, { role: 'gone', seen: own }, 'dropAll')
  return state.role === 'needs_reconnect' && !isNews ? null : move(state, { role: 'needs_reconnect', seen: own }, 'dropCopies')
}

/** Another desktop speaks of the connection now. Only an authorization that was given here stays, for this desktop alone. */
function yieldTo(state: DesktopCustody): DesktopMove | null {
  const { role, want } = state
  if (role === 'gone') return null
  if (role === 'holder') return want === 'desktop' ? null : move(state, { want: 'desktop' })
  if (role === 'offering' || role === 'conflict' || role === 'yielding') return keepOwn(state)
  return move(state, { role: 'gone' }, 'dropAll')
}

/** The account that the user picked on the relay is not there any more: this one is kept, and the user is told. */
const keepOwn = (state: DesktopCustody): DesktopMove => move(state, { role: 'holder', base: '', turn: state.turn + 1, want: 'desktop' })

const move = (state: DesktopCustody, change: Partial<DesktopCustody>, effect: DesktopEffect | null = null): DesktopMove => ({
  next: { ...state, ...change },
  effect,
})
