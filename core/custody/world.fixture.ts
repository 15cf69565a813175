import {
  callOff,
  disconnected,
  fallBehind,
  held,
  pick,
  receive,
  reconnected,
  requestOf,
  towards,
  withdraw,
  type DesktopCustody,
  type DesktopMove,
} from './desktop.ts'
import { noRun, type Answering, type Asking } from './messages.ts'
import { keepOnDesktop, keepOnRelay, same, type DesktopSide, type Flaw, type Holding, type RelaySide, type Token } from './sides.fixture.ts'
import { answerDesktop, changeOnRelay, isSure, unknownToRelay, workOn, type RelayCustody, type RelayEffect } from './relay.ts'

/** `mayLose`: the last copy may go with it, because its user wants that. */
type Step = { name: string; take(): void; mayLose?: boolean }
type Message = { to: 'desktop'; answer: Answering; token: Token | null } | { to: 'relay'; request: Asking; token: Token | null }

export const happenings = [
  'publish',
  'take back',
  'withdraw',
  'call off',
  'time out',
  'desktop refresh',
  'relay refresh',
  'desktop crash',
  'relay crash',
  'desktop reconnect',
  'relay reconnect',
  'desktop disconnect',
  'relay disconnect',
  'backup',
  'restore',
  'desktop backup',
  'desktop restore',
] as const
export type Happening = (typeof happenings)[number]

/**
 * A desktop, a relay, a provider that ends a grant whose token comes twice, and a network that never forgets a message and may deliver each
 * at any time, any number of times. Every method is one transaction or one exchange; `harm` is what must never be.
 */
export class World {
  readonly desktop: DesktopSide = { state: held, token: { grant: 0, version: 0 }, held: null, escrow: null, attempt: null, answer: null }
  relay: RelaySide = { state: unknownToRelay, token: null, promised: null, attempt: null, answer: null, seq: 0 }
  readonly network: Message[] = []
  readonly log: string[] = []
  private readonly grants = [{ version: 0, killed: false }]
  /** The authorization that counts: the newest, or the one that the user picked. Null once the user has disconnected. */
  private newest: number | null = 0
  private run = noRun
  private ledger = { seq: 0, own: 0 }
  private backup: RelaySide | null = null
  /** The keychain of the desktop. */
  private reached = { turn: 0, seen: 0, changes: 0 }
  private home: (DesktopSide & { changes: number }) | null = null
  private excused = false
  /** What was last handed over. */
  private handed: Token | null = null
  private readonly flaw: Flaw | null

  constructor(flaw: Flaw | null = null) {
    this.flaw = flaw
  }

  /** What the world or a person does. False when there is no occasion for it. */
  happen(what: Happening): boolean {
    const before = this.lives()
    const done = this.outside(what)
    if (!done) return false
    this.log.push(what)
    const mayLose = /crash|restore|disconnect|reconnect/.test(what)
    this.check(before, mayLose)
    return true
  }

  /** One step that the two sides may take of themselves, as named by a number. `fresh`: no message that is late. */
  step(chosen: number, fresh = false): boolean {
    this.post()
    const steps: Step[] = [...this.own(), ...this.deliveries(fresh)]
    const one = steps.length > 0 ? steps[chosen % steps.length] : undefined
    if (!one) return false
    const before = this.lives()
    this.log.push(one.name)
    one.take()
    this.check(before, one.mayLose ?? false)
    return true
  }

  /** The connection is where its user wants it, or says why not. */
  isSettled(): boolean {
    const { state, attempt, token, answer } = this.desktop
    const relay = this.relay
    if (attempt || answer || relay.attempt || relay.answer) return false
    if (state.behind) return false
    if (state.role === 'gone') return relay.state.pendingTurn === null && (!isSure(relay.state) || relay.state.own > 0)
    if (state.role === 'needs_reconnect') return this.excused || this.newest === null
    if (state.role === 'holder')
      return (
        state.want === 'desktop' &&
        relay.state.pendingTurn === null &&
        (relay.state.role === 'none' || relay.state.role === 'released') &&
        (this.excused || this.isGood(token))
      )
    return (
      state.role === 'remote' &&
      state.want === 'relay' &&
      isSure(relay.state) &&
      (this.excused || this.newest === null || this.isGood(relay.token))
    )
  }

  describe(): string {
    return JSON.stringify({ desktop: this.desktop, relay: this.relay, run: this.run, log: this.log.slice(-40) })
  }

  private outside(what: Happening): boolean {
    const { desktop, relay } = this
    switch (what) {
      case 'publish':
      case 'take back':
        this.moveDesktop({ next: { ...desktop.state, want: what === 'publish' ? 'relay' : 'desktop' }, effect: null }, null)
        return true
      case 'withdraw':
        return this.moveDesktop(withdraw(desktop.state), null)
      case 'call off':
        return this.moveDesktop(callOff(desktop.state), null)
      case 'time out': {
        const next = workOn(relay.state)
        if (next) this.moveRelay(next, null, null)
        return next !== null
      }
      case 'desktop refresh':
        if (desktop.state.role !== 'holder' || desktop.state.behind || desktop.attempt) return false
        desktop.attempt = desktop.token
        return desktop.attempt !== null
      case 'relay refresh':
        if (!isSure(relay.state) || relay.attempt) return false
        relay.attempt = relay.token
        return relay.attempt !== null
      case 'desktop crash':
      case 'relay crash': {
        const side = what === 'desktop crash' ? desktop : relay
        if (!side.answer) return false
        side.answer = null
        return true
      }
      case 'desktop reconnect':
        if (desktop.state.role === 'gone') return false
        this.moveDesktop(reconnected(desktop.state), null)
        desktop.token = this.authorize()
        return true
      case 'relay reconnect':
      case 'relay disconnect': {
        if (relay.state.role === 'none') return false
        const { next, effect } = changeOnRelay(relay.state, what === 'relay reconnect' ? 'active' : 'off')
        this.moveRelay(next, effect, null)
        if (what === 'relay reconnect') relay.token = this.authorize()
        else this.newest = null
        return true
      }
      case 'desktop disconnect':
        if (desktop.state.role === 'gone') return false
        this.newest = null
        return this.moveDesktop(disconnected(desktop.state), null)
      case 'backup':
        this.backup = { ...relay, attempt: null, answer: null }
        return true
      case 'restore': {
        if (!this.backup) return false
        const behind = this.ledger.seq > this.backup.seq
        // What the user had ended, before a restore forgot that, may work or not.
        if (this.newest === null) this.excused = true
        this.relay = { ...this.backup, state: { ...this.backup.state, ownFloor: this.ledger.own } }
        if (!behind) return true
        this.relay.state = { ...this.relay.state, unsure: true }
        this.run = { id: `run${this.run.number + 1}`, number: this.run.number + 1 }
        if (this.isGood(this.handed) && wasHandedOver(desktop.state) && !same(desktop.escrow, this.handed))
          throw new Error('A restore cost what was handed over, though the relay had not renewed it.')
        return true
      }
      case 'desktop backup':
        this.home = { ...desktop, attempt: null, answer: null, changes: this.reached.changes }
        return true
      case 'desktop restore': {
        const { home, reached } = this
        if (!home) return false
        if (this.newest === null) this.excused = true
        const { changes, ...side } = home
        Object.assign(desktop, side)
        if (changes === reached.changes || reached.turn === 0 || this.flaw === 'noKeychain') return true
        return this.moveDesktop(fallBehind(side.state, reached), null)
      }
    }
  }

  private own(): Step[] {
    const { desktop, relay } = this
    const next = towards(desktop.state, this.desktopFacts())
    const picks = desktop.state.role === 'conflict' && !desktop.state.behind ? (['desktop', 'relay'] as const) : []
    return [
      ...(next && (next.next.role !== 'offering' || desktop.token)
        ? [{ name: `desktop → ${next.next.role}`, take: () => void this.moveDesktop(next, null) }]
        : []),
      ...picks.map(choice => ({
        name: `the user picks the account of the ${choice}`,
        take: () => {
          const grant = choice === 'desktop' ? desktop.token?.grant : relay.token?.grant
          if (grant !== undefined) this.prefer(grant)
          this.moveDesktop(pick(desktop.state, choice), null)
        },
        mayLose: true,
      })),
      ...this.exchanging('desktop', desktop),
      ...this.exchanging('relay', relay),
    ]
  }

  private exchanging(name: string, side: Holding): Step[] {
    if (side.answer)
      return [
        {
          name: `${name} stores`,
          take() {
            if (same(side.token, side.attempt)) side.token = side.answer
            side.attempt = null
            side.answer = null
          },
          mayLose: !same(side.token, side.attempt),
        },
      ]
    return side.attempt ? [{ name: `${name} exchanges`, take: () => this.exchange(side, side.attempt) }] : []
  }

  private exchange(side: Holding, sent: Token | null): void {
    const grant = sent && this.grants[sent.grant]
    if (!sent || !grant) return
    if (!grant.killed && sent.version === grant.version) {
      grant.version += 1
      side.answer = { grant: sent.grant, version: grant.version }
      return
    }
    if (!grant.killed && this.copies().some(each => same(each, { grant: sent.grant, version: grant.version })))
      throw new Error('A spent token was used while a good one existed.')
    grant.killed = true
    const wasCurrent = same(side.token, sent)
    side.attempt = null
    if (!wasCurrent) return
    side.token = null
    if (side === this.desktop) this.desktop.state = { ...this.desktop.state, role: 'needs_reconnect' }
    else this.moveRelay({ ...this.relay.state, role: 'dead' }, null, null)
  }

  private post(): void {
    const request = requestOf(this.desktop.state)
    if (!request) return
    const { role } = this.desktop.state
    const token = role === 'offering' ? this.desktop.token : role === 'reoffering' ? this.desktop.escrow : null
    this.send({ to: 'relay', request, token })
  }

  private send(message: Message): void {
    const text = JSON.stringify(message)
    if (!this.network.some(each => JSON.stringify(each) === text)) this.network.push(message)
  }

  private deliveries(fresh: boolean): Step[] {
    const asking = JSON.stringify(requestOf(this.desktop.state))
    return this.network.flatMap(message => {
      if (message.to === 'relay') {
        if (fresh && JSON.stringify(message.request) !== asking) return []
        const name = `relay hears ${message.request.kind} (turn ${message.request.turn})`
        // A request that was on its way while the desktop was restored counts as if it had come just before that.
        const wasUnderWay = this.desktop.state.behind && message.request.kind !== 'Where'
        return [{ name, take: () => this.relayHears(message), mayLose: wasUnderWay }]
      }
      const next = receive(this.desktop.state, message.answer, this.desktopFacts())
      if (!next || (fresh && !this.wouldAnswer(message.answer))) return []
      return [
        {
          // What the user did after the backup is forgotten.
          mayLose: this.desktop.state.behind,
          name: `desktop hears ${message.answer.kind} (turn ${message.answer.turn})`,
          take: () => {
            const before = this.desktop.state
            this.moveDesktop(next, message.token)
            // The relay's account, which the user had picked, is gone: the one that is kept counts again.
            if (before.role === 'yielding' && next.next.role === 'holder' && this.desktop.token) this.prefer(this.desktop.token.grant)
          },
        },
      ]
    })
  }

  /** The relay, asked what the desktop asks now, would say this and change nothing. */
  private wouldAnswer(answer: Answering): boolean {
    const request = requestOf(this.desktop.state)
    if (!request) return false
    const { next, answer: said } = answerDesktop(this.relay.state, this.run, request, { ...alone, isQuiet: !this.relay.attempt })
    return (
      next === null &&
      said !== null &&
      JSON.stringify({ ...said, turn: request.turn, run: this.run, own: this.relay.state.own }) === JSON.stringify(answer)
    )
  }

  private relayHears({ request, token }: Extract<Message, { to: 'relay' }>): void {
    const { relay } = this
    const isQuiet = this.flaw === 'forgetAttempt' || !relay.attempt
    const { next, effect, answer } = answerDesktop(relay.state, this.run, request, { ...alone, isQuiet })
    if (next) this.moveRelay(next, effect, token)
    if (this.flaw === 'activateOnOffer' && effect?.startsWith('promise')) {
      relay.token = token
      relay.state = { ...relay.state, role: 'active' }
    }
    if (answer)
      this.send({
        to: 'desktop',
        answer: { ...answer, turn: request.turn, run: this.run, own: relay.state.own },
        token: answer.kind === 'Returning' ? relay.token : null,
      })
  }

  private moveRelay(next: RelayCustody, effect: RelayEffect | null, token: Token | null): void {
    const { relay } = this
    relay.state = next
    relay.seq = Math.max(relay.seq, this.ledger.seq) + 1
    if (this.flaw !== 'noLedger') this.ledger = { seq: relay.seq, own: Math.max(next.own, this.ledger.own) }
    keepOnRelay(relay, effect, token)
  }

  private moveDesktop(moved: DesktopMove | null, token: Token | null): boolean {
    if (!moved) return false
    const { desktop } = this
    desktop.state = moved.next
    this.reached = { turn: moved.next.turn, seen: moved.next.seen, changes: this.reached.changes + 1 }
    if (moved.effect === 'letGo') this.handed = desktop.token
    keepOnDesktop(desktop, moved.effect, token, this.flaw)
    return true
  }

  private desktopFacts() {
    return { hasEscrow: this.desktop.escrow !== null, isQuiet: this.flaw === 'forgetAttempt' || !this.desktop.attempt }
  }

  private authorize(): Token {
    this.grants.push({ version: 0, killed: false })
    this.newest = this.grants.length - 1
    this.excused = false
    return { grant: this.newest, version: 0 }
  }

  private prefer(grant: number): void {
    this.newest = grant
    this.excused = !this.lives()
  }

  private copies(): (Token | null)[] {
    const { desktop, relay } = this
    return [desktop.token, desktop.held, desktop.escrow, desktop.answer, relay.token, relay.promised, relay.answer]
  }

  private isGood(token: Token | null): boolean {
    const grant = token && this.grants[token.grant]
    return !!token && !!grant && !grant.killed && token.version === grant.version && (this.newest === null || token.grant === this.newest)
  }

  /** Somewhere there is a token of the authorization that counts which still works. */
  private lives = (): boolean => this.newest !== null && this.copies().some(each => this.isGood(each))

  /** The invariants of the protocol. What is lost in a step that may lose is excused from then on. */
  private check(livedBefore: boolean, mayLose: boolean): void {
    const { desktop, relay } = this
    if (livedBefore && this.newest !== null && !this.lives()) {
      const wasUnderWay = desktop.state.run.number < this.run.number
      if (!mayLose && !wasUnderWay) throw new Error('The last copy of a token was dropped.')
      this.excused = true
    }
    const holds = !desktop.state.behind && (desktop.state.role === 'holder' || desktop.state.role === 'conflict')
    const here = desktop.attempt ?? (holds ? desktop.token : null)
    const there = relay.attempt ?? (isSure(relay.state) ? relay.token : null)
    if (here && there && here.grant === there.grant) throw new Error('Both sides may refresh one grant.')
    if (released.has(desktop.state.role) && !desktop.state.behind && (desktop.token || desktop.held))
      throw new Error(`A token can be read in ${desktop.state.role}.`)
    if (desktop.state.role === 'offering' && !desktop.state.behind && relay.attempt && relay.attempt.grant === desktop.token?.grant)
      throw new Error('The relay refreshes before the desktop let go.')
  }
}

/** One desktop, and clients that it has. */
const alone = { canMove: true, isKeeper: true, stays: false }

const released = new Set(['released', 'remote', 'reoffering', 'reclaiming', 'gone', 'needs_reconnect'])

const wasHandedOver = ({ role, base }: DesktopCustody): boolean =>
  (role === 'released' || role === 'remote' || role === 'reclaiming') && base.startsWith('turn')
