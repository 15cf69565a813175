import type { AppModel } from '../../core/app/model.ts'
import { modeOf, usesOf } from '../../core/app/uses.ts'
import type { Connection } from '../../core/connection.ts'
import type { ReleaseCheck } from '../../core/contract/publish.ts'
import type { PracticeUse } from '../../core/contract/relay.ts'
import type { AppError } from '../../core/errors.ts'
import { orAbort } from '../../core/or-abort.ts'
import type { Tell } from './publish-release.ts'
import { withPatience, type Cancellable } from './patience.ts'

/** The accounts of this desktop, for publishing. */
export type PublishAccounts = {
  /** Those of an app, with where each is. */
  list(appId: string): Promise<readonly Connection[]>
  /** Gives one to the relay. Errors: why it cannot go now. */
  give(connectionId: string): Promise<void>
  /** Has one stay here that was to be given, unless the relay has it already: then true. */
  callOff(connectionId: string): Promise<boolean>
  /** Brings in those that others share through the relay for the apps that are here. */
  lookForShared(): Promise<void>
  /** The practice service that this desktop uses. Null: a process of its own. */
  practiceService(): Promise<string | null>
}

const works = ({ state }: Connection): boolean => state === 'connected' || state === 'retrying'

/** The shared accounts that an app works with and that are not on the relay yet: they go along when it is published. */
export function accountsToGive(model: AppModel, accounts: readonly Connection[]): Connection[] {
  const uses = usesOf(model).filter(({ connector }) => modeOf(model, connector) === 'shared')
  const declared = new Set(model.connectors.flatMap(({ connector: { type, mode } }) => (mode === 'shared' ? [type] : [])))
  const isUsed = ({ id, name, connector, isDefault }: Connection) =>
    (isDefault && declared.has(connector)) ||
    uses.some(use => use.connector === connector && (use.connection === undefined ? isDefault : [id, name].includes(use.connection)))
  return accounts.filter(account => account.mode === 'shared' && works(account) && account.custody?.state !== 'relay' && isUsed(account))
}

/** The hand-over of a publish. */
export function createHandover({ give, callOff }: Pick<PublishAccounts, 'give' | 'callOff'>, tell: Tell, patience: Cancellable) {
  const { signal } = patience
  /** Those that this publish wants on the relay; others may have been on their way before it. */
  const wished: Connection[] = []
  return {
    /** Gives one account after the other to the relay, in the steps of the protocol. One that is just being renewed is waited for. */
    async give(accounts: readonly Connection[]): Promise<void> {
      tell('hand', 'running')
      for (const account of accounts) {
        signal.throwIfAborted()
        tell('hand', 'running', account.name)
        if (account.custody?.want !== 'relay') wished.push(account)
        // A relay that does not answer keeps nobody from cancelling.
        await withPatience(patience, () => orAbort(give(account.id), signal))
      }
      tell('hand', 'done', accounts.length === 0 ? 'none to give' : accounts.length === 1 ? '1 account' : `${accounts.length} accounts`)
    },

    /** The publish was cancelled: what is still here stays here. Gives the names of those that the relay has. */
    async callOff(): Promise<string[]> {
      const isThere = await Promise.all(wished.map(({ id }) => callOff(id)))
      return wished.filter((_, at) => isThere[at]).map(({ name }) => name)
    },
  }
}

/** Practice accounts that the relay could not reach. `service`: that of this desktop. */
export function checkPractice(accounts: readonly Connection[], relay: PracticeUse, service: string | null): ReleaseCheck[] {
  const reaches = relay.local || (service !== null && service === relay.service)
  if (reaches) return []
  return accounts
    .filter(({ practice }) => practice)
    .map(({ name, connector }) => ({
      state: 'error' as const,
      text: `“${name}” is a practice account`,
      detail: 'It answers on this computer alone, where the relay is not. Connect a real account.',
      action: { kind: 'connect' as const, connector } satisfies AppError['action'],
    }))
}
