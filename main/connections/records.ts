import { noSuchConnector } from '../../connectors/load.ts'
import type { Tool } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Registry, StoredConnection } from './registry.ts'

export type Records = ReturnType<typeof createRecords>

/** Which connection is meant: by its id, as one of an app, as the one that is used where none is named. */
export function createRecords(registry: Pick<Registry, 'all' | 'get'>, tools: Readonly<Record<string, Tool>>) {
  const ofApp = (appId: string, connector?: string): StoredConnection[] =>
    registry.all().filter(each => each.appId === appId && (connector === undefined || each.connector === connector))

  /** Errors: `not_found`. */
  function find(connectionId: string): StoredConnection {
    const record = registry.get(connectionId)
    if (!record) throw new AppError('not_found', 'This connection is not there any more.')
    return record
  }

  return {
    find,

    /** The same for what is this desktop's own to change. Errors: `conflict` for an account that others share through the relay. */
    findOwn(connectionId: string): StoredConnection {
      const record = find(connectionId)
      if (record.borrowed)
        throw new AppError(
          'conflict',
          `“${record.name}” is on the relay, connected by ${record.borrowed.by}. Change it on the relay’s page “Connections”${record.borrowed.mayTake ? ', or take it back to this computer first' : ''}.`,
        )
      return record
    },

    toolOf(id: string): Tool {
      const tool = tools[id]
      if (!tool) throw noSuchConnector(id)
      return tool
    },

    ofApp,

    /** Shared accounts, or those that whoever builds the app has as its user. */
    ofMode: (user: string | undefined, ...[appId, connector]: Parameters<typeof ofApp>): StoredConnection[] =>
      ofApp(appId, connector).filter(each => (each.mode === 'app-user') === (user !== undefined)),
  }
}

/** The one that is used where none is named: the default of its mode. Lists of older versions have one for both modes. */
export const isFirst = (record: StoredConnection, among: readonly StoredConnection[]): boolean => {
  const same = among.filter(each => each.connector === record.connector)
  return record === (same.find(each => each.isDefault) ?? same[0])
}
