import { z } from 'zod'
import { isSameRun, ownName, turnName, type Answering, type Asking, type RelayRun } from './messages.ts'

/** Where the right to refresh a connection stands, as the relay knows it. Only `active` and sure refreshes and serves. */
export const relayRole = z.enum(['none', 'active', 'returning', 'released', 'dead', 'off'])
export type RelayRole = z.infer<typeof relayRole>

/**
 * The relay's record of one connection, without the tokens. `turn` is the last of the desktop's that was accepted; `own` counts changes made
 * by a user on the relay, and `ownFloor` is what the ledger knows of that; `by` is the relay's name for the stretch; `pendingTurn`: a token
 * is promised by that offer and not active; `unsure`: restored from a backup and not confirmed since.
 */
export type RelayCustody = {
  role: RelayRole
  turn: number
  own: number
  ownFloor: number
  by: string
  pendingTurn: number | null
  unsure: boolean
}

export const unknownToRelay: RelayCustody = { role: 'none', turn: 0, own: 0, ownFloor: 0, by: '', pendingTurn: null, unsure: false }

/**
 * What happens to the tokens in the same commit. `promise`: what came is kept aside; `promiseAlone`: and what is in use goes. `activate`:
 * what is promised comes into use. `drop`: both go.
 */
export type RelayEffect = 'promise' | 'promiseAlone' | 'activate' | 'drop'

/** `answer` null: silence, the desktop asks again. `next` null: nothing changes. */
export type RelayMove = { next: RelayCustody | null; effect: RelayEffect | null; answer: Omit<Answering, 'turn' | 'run' | 'own'> | null }

export const isSure = ({ role, unsure }: Pick<RelayCustody, 'role' | 'unsure'>): boolean => role === 'active' && !unsure

const letGo = { role: 'released', by: '', pendingTurn: null, unsure: false } as const satisfies Partial<RelayCustody>

/**
 * What decides beside the record. `isQuiet`: no refresh of the token is under way, nor can one still reach the provider. `canMove`: what is
 * in use has not ended. `isKeeper`: the desktop that asks is the one that may speak of the connection. `stays`: no desktop could renew what
 * is in use.
 */
export type RelayFacts = { isQuiet: boolean; canMove: boolean; isKeeper: boolean; stays: boolean }

/** Answers a desktop. */
export function answerDesktop(state: RelayCustody, run: RelayRun, request: Asking, facts: RelayFacts): RelayMove {
  if (!isSameRun(request.run, run)) return { next: null, effect: null, answer: { kind: 'OtherRun' } }
  if (!facts.isKeeper) return say('Elsewhere')
  if (request.seen < state.own && request.kind !== 'Where') {
    const { role } = state
    return {
      next: state.unsure ? { ...state, unsure: false } : null,
      effect: null,
      answer: role === 'active' || role === 'off' || role === 'dead' ? { kind: 'Changed', role } : null,
    }
  }
  if (!state.unsure || request.seen <= state.own) return handle(state, request, facts)
  // The restored relay forgot what was done on it: whoever holds the token says how it is.
  if (request.kind === 'Where') return { ...unknownOnce(facts), next: reached(state, request.turn) }
  if (request.kind === 'Yours' || request.kind === 'Reclaim') return say('Unknown')
  const informed = { ...state, own: request.seen }
  const moved = handle(informed, request, facts)
  return { ...moved, next: moved.next ?? informed }
}

function handle(state: RelayCustody, request: Asking, facts: RelayFacts): RelayMove {
  switch (request.kind) {
    case 'Offer':
      return handleOffer(state, request)
    case 'Yours':
      return handleYours(state, request)
    case 'Reclaim':
      return handleReclaim(state, request, facts)
    case 'Returned':
      return handleReturned(state, request)
    case 'Where':
      return handleWhere(state, request, facts)
    case 'Mine':
    case 'Gone':
      return handleEnd(state, request)
  }
}

function handleOffer(state: RelayCustody, { turn }: Asking): RelayMove {
  if (state.pendingTurn === turn) return say('Held')
  if (turn <= state.turn) return silence
  return isSure(state)
    ? change({ ...state, turn, pendingTurn: turn }, 'promise', 'Held')
    : change({ ...state, ...letGo, turn, pendingTurn: turn }, 'promiseAlone', 'Held')
}

function handleYours(state: RelayCustody, { turn: asked, base }: Asking): RelayMove {
  const { role, unsure } = state
  const turn = Math.max(asked, state.turn)
  if (isPromised(state, base))
    return change({ ...state, role: 'active', by: base, turn, pendingTurn: null, unsure: false }, 'activate', 'Active')
  if (isSameStretch(state, base)) return change({ ...state, role: 'active', turn, unsure: false }, null, 'Active')
  if (isSure(state)) return turn > state.turn ? change({ ...state, turn }, null, 'Active') : say('Active')
  if (role === 'dead' || role === 'off') return unsure && state.turn !== asked ? say('Unknown') : tell(role)
  return unsure || (asked >= state.turn && role !== 'returning') ? say('Unknown') : silence
}

function handleReclaim(state: RelayCustody, { turn, base }: Asking, { isQuiet, canMove, stays }: RelayFacts): RelayMove {
  const { role, unsure } = state
  if (turn < state.turn) return silence
  if (turn === state.turn && role === 'returning') return say('Returning')
  if (turn === state.turn && isSure(state)) return { ...silence, answer: { kind: 'Cancelled', ...(stays && { stays }) } }
  if (turn === state.turn && role === 'released' && !unsure) return silence
  const promised = isPromised(state, base)
  if (!promised && !isSure(state) && !isSameStretch(state, base)) return role === 'dead' && !unsure ? tell('dead') : say('Unknown')
  if (!promised && stays) {
    const kept = change({ ...state, role: 'active', turn, unsure: false }, null, 'Cancelled')
    return { ...kept, answer: { kind: 'Cancelled', stays } }
  }
  if (!promised && !(isQuiet && canMove)) return silence
  return change(
    { ...state, role: 'returning', by: base, turn, pendingTurn: null, unsure: false },
    promised ? 'activate' : null,
    'Returning',
  )
}

function handleReturned(state: RelayCustody, { turn }: Asking): RelayMove {
  const { role, unsure } = state
  if (turn < state.turn) return silence
  if (unsure) return change({ ...state, ...letGo, turn }, 'drop', 'Back')
  if (role === 'returning') return change({ ...state, ...letGo }, 'drop', 'Back')
  if (role === 'released') return say('Back')
  if (role === 'active') return say('Cancelled')
  return role === 'dead' || role === 'off' ? tell(role) : silence
}

/**
 * What was promised last counts: the desktop gave it on top of what is in use. Whoever asks in a later turn has forgotten a take-back, and
 * everything else that is still on its way from before.
 */
function handleWhere(state: RelayCustody, { turn }: Asking, facts: RelayFacts): RelayMove {
  const { role, pendingTurn, by } = state
  const next = reached(state, turn)
  const answered = (base: string, active: boolean): RelayMove => ({ next, effect: null, answer: { kind: 'There', base, active } })
  if (pendingTurn !== null) return answered(turnName(pendingTurn), false)
  if (role === 'active') return answered(by, true)
  if (role === 'returning') return next ? { ...answered(by, true), next: { ...next, role: 'active' } } : silence
  return { ...(role === 'dead' || role === 'off' ? tell(role) : unknownOnce(facts)), next }
}

/** The desktop holds it (`Mine`), or its user has disconnected it there (`Gone`). */
function handleEnd(state: RelayCustody, { kind, turn }: Asking): RelayMove {
  const role = kind === 'Gone' ? 'off' : 'released'
  if (turn < state.turn) return silence
  const isKnown = state.role === role && state.turn === turn && state.pendingTurn === null && !state.unsure
  return isKnown ? say('Noted') : change({ ...state, ...letGo, role, turn }, 'drop', 'Noted')
}

/** A user has connected (`active`) or disconnected (`off`) the account on the relay's own pages. */
export function changeOnRelay(state: RelayCustody, role: 'active' | 'off'): { next: RelayCustody; effect: RelayEffect } {
  const own = Math.max(state.own, state.ownFloor) + 1
  return { next: { ...state, role, own, by: ownName(own), pendingTurn: null, unsure: false }, effect: 'drop' }
}

/** Nobody has come for what was to be returned: it is worked with again. A closed laptop must not hold up flows. */
export const workOn = (state: RelayCustody): RelayCustody | null => (state.role === 'returning' ? { ...state, role: 'active' } : null)

/** What belongs to an earlier turn does not count from now on. Null when that is so already. */
const reached = (state: RelayCustody, turn: number): RelayCustody | null => (turn > state.turn ? { ...state, turn } : null)

const isPromised = ({ pendingTurn }: RelayCustody, base: string): boolean => pendingTurn !== null && turnName(pendingTurn) === base

const isSameStretch = ({ unsure, by, role }: RelayCustody, base: string): boolean =>
  unsure && by === base && (role === 'active' || role === 'returning')

/** What was let go may still be on its way to the provider, and the one who asks may have a copy of it. */
const unknownOnce = ({ isQuiet }: RelayFacts): RelayMove => (isQuiet ? say('Unknown') : silence)

const silence: RelayMove = { next: null, effect: null, answer: null }
const say = (kind: Answering['kind']): RelayMove => ({ next: null, effect: null, answer: { kind } })
const tell = (role: 'dead' | 'off'): RelayMove => ({ next: null, effect: null, answer: { kind: 'Changed', role } })
const change = (next: RelayCustody, effect: RelayEffect | null, kind: Answering['kind']): RelayMove => ({ next, effect, answer: { kind } })
