import type { Connection } from '../../core/connection.ts'
import { AppError } from '../../core/errors.ts'
import type { DesktopCustodian } from '../custody/custody.ts'
import { isFirst, type Records } from './records.ts'
import type { StoredConnection } from './registry.ts'
import type { SharedHere } from './shared-here.ts'
import { custodyOf } from './view.ts'

type Options = {
  records: Records
  custody: Pick<DesktopCustodian, 'standing' | 'want' | 'callOff' | 'pick'>
  sharedHere: Pick<SharedHere, 'takeOver' | 'lookIfOld'>
  show(record: StoredConnection): Connection
}

/** Where connections are held, here or by the relay, and moving them. */
export function createWhereabouts({ records, custody, sharedHere, show }: Options) {
  const { find, ofMode } = records
  const place = async (record: StoredConnection): Promise<Connection> => ({
    ...show(record),
    ...custodyOf(record, await custody.standing(record.id)),
  })

  return {
    place,

    /**
     * Gives a connection to the relay, or takes it back. Resolves once it is there, or cannot go on now: `custody` says why. Errors:
     * `forbidden` for what has to stay on the relay, and what keeps it from being taken over from another desktop.
     */
    async moveTo(connectionId: string, to: 'here' | 'relay'): Promise<Connection> {
      const { name, throughRelay, borrowed, practice } = find(connectionId)
      if (to === 'here' && throughRelay) throw staysThere(name)
      if (to === 'here' && borrowed && !borrowed.mayTake && practice)
        throw new AppError('forbidden', `“${name}” is a practice account of another computer, where it stays. Connect one here.`)
      if (to === 'here' && borrowed) await sharedHere.takeOver(connectionId)
      if (to === 'here' || !borrowed) await custody.want(connectionId, to === 'here' ? 'desktop' : 'relay')
      // The relay knows what was connected there meanwhile.
      if (to === 'here' && find(connectionId).throughRelay) throw staysThere(name)
      return place(find(connectionId))
    },

    /** Gives a connection to the relay, for a publish that needs it there. Errors: what stands in its way. */
    async give(connectionId: string): Promise<void> {
      const { name, borrowed } = find(connectionId)
      if (borrowed) return
      const { entry, problem } = await custody.want(connectionId, 'relay')
      const { role, want } = entry.state
      if (role === 'remote') return
      if (role === 'conflict')
        throw new AppError(
          'conflict',
          `“${name}” is connected to another account on the relay. Choose one in My integrations, then publish.`,
        )
      if (role === 'holder' && want === 'desktop')
        throw new AppError(
          'conflict',
          `“${name}” on the relay was taken over by another desktop of yours. Disconnect it here and connect it anew, then publish.`,
        )
      throw problem ?? new AppError('unavailable', `“${name}” is still on its way to the relay.`, { action: { kind: 'retry' } })
    },

    /** What a publish that was cancelled has given, or was about to: it stays here, unless the relay has it. True: the relay has it. */
    async callOff(connectionId: string): Promise<boolean> {
      const { state } = await custody.callOff(connectionId)
      return state.role === 'released' || state.role === 'reoffering' || state.role === 'remote'
    },

    /** Of two accounts, one connected here and one on the relay, the one that is kept. */
    async keepAccount(connectionId: string, at: 'here' | 'relay'): Promise<Connection> {
      find(connectionId)
      await custody.pick(connectionId, at === 'here' ? 'desktop' : 'relay')
      return place(find(connectionId))
    },

    /** The shared connections of an app, with where each is held. */
    async whereabouts(appId: string): Promise<Connection[]> {
      await sharedHere.lookIfOld()
      const found = ofMode(undefined, appId)
      return Promise.all(found.map(async each => ({ ...(await place(each)), isDefault: isFirst(each, found) })))
    },
  }
}

const staysThere = (name: string) =>
  new AppError(
    'forbidden',
    `“${name}” was connected with the OAuth client of your workspace, which stays on the relay. Add a client of your own in Settings and connect it anew to have it here.`,
    { action: { kind: 'settings', section: 'clients' } },
  )
