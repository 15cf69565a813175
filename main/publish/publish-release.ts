import { relaySteps, type PublishJob, type PublishStep } from '../../core/contract/publish.ts'
import type { ActivationEvent } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { endOf, type Asked } from './asked.ts'
import { isLost, withPatience, type Patience } from './patience.ts'
import type { LocalRelease } from './local-release.ts'
import type { RelayReleases } from './relay-releases.ts'
import { sendRelease } from './transfer.ts'

export type LiveOutcome = Extract<ActivationEvent, { type: 'live' }>
/** `unknown`: the relay was asked to make it live, and does not answer any more. */
export type Outcome = LiveOutcome | Extract<PublishJob['outcome'], { type: 'unknown' }>

/** Told when a step begins, and when it is done with what there is to say of it. */
export type Tell = (step: PublishStep, state: 'running' | 'done', note?: string) => void

type Switching = {
  relay: RelayReleases
  /** Its id on the relay. */
  appId: string
  base: number | null
  /** Keeps what the relay is about to be asked: its answer may be lost. */
  noteAsked(wish: Asked): Promise<void>
  tell: Tell
  patience: Patience
}

export type Publishing = Switching & {
  title: string
  /** Reads the app and checks it. Throws what keeps it from being published. */
  check(): Promise<{ name: string; pack(): Promise<LocalRelease> }>
  /** Gives the accounts that go along to the relay. */
  giveAccounts?(): Promise<void>
}

/** Relay and desktop may disagree about what is there only when pieces were forgotten in between, which is after a day. */
const mostRounds = 3

/** Publishes an app from its folder. What is on the relay serves on until the last step is done, and whatever fails before. */
export async function publishRelease({ title, check, giveAccounts, ...switching }: Publishing): Promise<Outcome> {
  const { relay, appId, base, tell, patience } = switching
  tell('check', 'running')
  const { name, pack } = await check()
  tell('check', 'done')
  tell('pack', 'running')
  const { files, bytesOf } = await pack()
  tell('pack', 'done', files.length === 1 ? '1 file' : `${files.length.toLocaleString('en')} files`)
  for (let round = 1; ; round += 1) {
    tell('send', 'running')
    const told = ({ sentBytes, totalBytes }: { sentBytes: number; totalBytes: number }) =>
      tell('send', 'running', totalBytes === 0 ? '' : `${inKb(sentBytes)} of ${inKb(totalBytes)}`)
    const { releaseId, totalBytes } = await sendRelease({ relay, appId, name, files, bytesOf, patience, told })
    tell('send', 'done', totalBytes === 0 ? 'all there' : inKb(totalBytes))
    if (round === 1) await giveAccounts?.()
    const end = await activate(switching, { releaseId }, `“${title}”`, signal => relay.publish(appId, { releaseId, base, title }, signal))
    if (end.type !== 'missing') return end
    if (round === mostRounds) throw new AppError('unavailable', 'The relay does not keep what it is sent. Ask whoever runs it.')
  }
}

/** Makes an earlier version live again. */
export async function rollBackRelease({ number, ...switching }: Switching & { number: number }): Promise<Outcome> {
  const { relay, appId, base } = switching
  const end = await activate(switching, { number }, `version ${number}`, signal => relay.rollBack(appId, { number, base }, signal))
  if (end.type !== 'missing') return end
  throw new AppError('unavailable', `Version ${number} is not on the relay whole any more. Publish the app again.`)
}

/**
 * Follows the relay to the end. An answer that is cut off is asked for again: what was done is not done twice. `name`: what is to be live,
 * for the user.
 */
async function activate(
  { relay, appId, noteAsked, tell, patience }: Switching,
  wish: Asked,
  name: string,
  open: (signal: AbortSignal | undefined) => AsyncIterable<ActivationEvent>,
): Promise<Outcome | Extract<ActivationEvent, { type: 'missing' }>> {
  await noteAsked(wish)
  patience.signal?.throwIfAborted()
  let tries = 0
  try {
    return await withPatience(patience, () => {
      tries += 1
      return follow(open(patience.signal), tell)
    })
  } catch (cause) {
    // Plugboard closes: what was asked is noted.
    patience.signal?.throwIfAborted()
    const error = AppError.from(cause)
    // What the relay refuses at once, it has not done.
    if (tries === 1 && !isLost(error)) throw error
    const end = await endOf(relay, appId, wish, name, error)
    if (end.type === 'live') for (const step of relaySteps) tell(step, 'done')
    return end
  }
}

async function follow(events: AsyncIterable<ActivationEvent>, tell: Tell): Promise<Extract<ActivationEvent, { type: 'live' | 'missing' }>> {
  tell('start', 'running')
  for await (const event of events) {
    if (event.type === 'failed') throw AppError.fromShape(event.error)
    if (event.type === 'missing') return event
    if (event.type === 'live') {
      // There was nothing to start when it was live before.
      if (!event.changed) tell('start', 'done')
      tell('switch', 'done', event.changed ? '' : 'nothing to change')
      return event
    }
    if (event.step === 'prepared') {
      tell('start', 'done')
      tell('switch', 'running')
    }
  }
  throw new AppError('unavailable', 'The relay broke off in the middle. Publish again: nothing is done twice.', {
    action: { kind: 'retry' },
  })
}

const inKb = (bytes: number): string => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`)
